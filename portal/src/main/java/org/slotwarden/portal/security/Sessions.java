package org.slotwarden.portal.security;

import org.slotwarden.portal.user.AccountChanged;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.session.SessionInformation;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.security.core.session.SessionRegistryImpl;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.web.session.HttpSessionEventPublisher;
import org.springframework.transaction.event.TransactionalEventListener;

/** The sessions of browsers: an account that is switched off or gets a new password is logged out everywhere. */
@Configuration(proxyBeanMethods = false)
class Sessions {

    @Bean
    static SessionRegistry sessionRegistry() {
        return new SessionRegistryImpl();
    }

    /** Tells the registry of sessions that ended. */
    @Bean
    static HttpSessionEventPublisher sessionEvents() {
        return new HttpSessionEventPublisher();
    }

    @Bean
    static LogOut logOut(SessionRegistry sessions) {
        return new LogOut(sessions);
    }

    record LogOut(SessionRegistry sessions) {

        @TransactionalEventListener
        void on(AccountChanged changed) {
            sessions.getAllPrincipals().stream()
                    .filter(principal -> principal instanceof UserDetails user
                            && user.getUsername().equals(changed.name()))
                    .flatMap(principal -> sessions.getAllSessions(principal, false).stream())
                    .forEach(SessionInformation::expireNow);
        }
    }
}
