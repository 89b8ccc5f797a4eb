package org.slotwarden.portal.security;

import org.slotwarden.portal.user.Accounts;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.stereotype.Component;

/** Log-in by account name and password, throttled. */
@Component
class PasswordLogin implements AuthenticationProvider {

    private final DaoAuthenticationProvider passwords;
    private final LoginThrottle throttle;

    PasswordLogin(Accounts accounts, PasswordEncoder encoder, LoginThrottle throttle) {
        passwords = new DaoAuthenticationProvider(
                name -> accounts.find(name).orElseThrow(() -> new UsernameNotFoundException("No such account")));
        passwords.setPasswordEncoder(encoder);
        passwords.setUserDetailsPasswordService((user, hash) -> {
            accounts.upgradePasswordHash(user.getUsername(), String.valueOf(hash));
            return user;
        });
        this.throttle = throttle;
    }

    @Override
    public Authentication authenticate(Authentication attempt) throws AuthenticationException {
        String account = attempt.getName();
        String address = attempt.getDetails() instanceof WebAuthenticationDetails details
                ? String.valueOf(details.getRemoteAddress())
                : "";
        if (throttle.isLocked(account, address)) {
            // In the words of a wrong password: a guesser need not know when it counts again.
            throw new BadCredentialsException("Too many attempts");
        }
        try {
            Authentication result = passwords.authenticate(attempt);
            throttle.succeeded(account, address);
            return result;
        } catch (InternalAuthenticationServiceException e) {
            // Nobody looked at the password: neither is it wrong, nor does the failure count.
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e);
        } catch (AuthenticationException e) {
            throttle.failed(account, address);
            throw e;
        }
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
    }
}
