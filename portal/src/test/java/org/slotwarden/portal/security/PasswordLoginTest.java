package org.slotwarden.portal.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.user.Accounts;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.transaction.CannotCreateTransactionException;

class PasswordLoginTest {

    private static final UsernamePasswordAuthenticationToken ATTEMPT =
            UsernamePasswordAuthenticationToken.unauthenticated("anna", "correct horse battery");

    private final Accounts accounts = mock();
    private final LoginThrottle throttle = new LoginThrottle(Clock.systemUTC());
    private final PasswordLogin login =
            new PasswordLogin(accounts, PasswordEncoderFactories.createDelegatingPasswordEncoder(), throttle);

    @Test
    void whileNobodyCanLookAnAccountUpNoAttemptCounts() {
        when(accounts.find(anyString())).thenThrow(new CannotCreateTransactionException("away"));

        assertThatThrownBy(() -> login.authenticate(ATTEMPT)).isInstanceOf(CannotCreateTransactionException.class);

        assertThat(throttle.failures("anna", "")).isZero();
    }

    @Test
    void aNameThatIsNotKnownCounts() {
        when(accounts.find(anyString())).thenReturn(Optional.empty());

        assertThatThrownBy(() -> login.authenticate(ATTEMPT)).isInstanceOf(BadCredentialsException.class);

        assertThat(throttle.failures("anna", "")).isOne();
    }
}
