package org.slotwarden.portal.security;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionEvent;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;

class VisitorsTest {

    private final Visitors visitors = new Visitors();

    private MockHttpSession comes() {
        MockHttpSession session = new MockHttpSession();
        visitors.sessionCreated(new HttpSessionEvent(session));
        return session;
    }

    private void gets(MockHttpSession session, String attribute) {
        visitors.attributeAdded(new HttpSessionBindingEvent(session, attribute));
    }

    @Test
    void whoLogsInIsNoVisitorAnyMore() {
        MockHttpSession session = comes();
        gets(session, "wanted-page");
        assertThat(visitors.count()).isEqualTo(1);

        gets(session, HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY);
        assertThat(visitors.count()).isZero();
    }

    @Test
    void theEldestWhoIsNotLoggedInEndsForOneTooMany() {
        MockHttpSession loggedIn = comes();
        gets(loggedIn, HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY);
        MockHttpSession eldest = comes();
        for (int i = 1; i < Visitors.MOST; i++) {
            comes();
        }
        assertThat(eldest.isInvalid()).isFalse();

        MockHttpSession youngest = comes();

        assertThat(eldest.isInvalid()).isTrue();
        assertThat(youngest.isInvalid()).isFalse();
        assertThat(loggedIn.isInvalid()).isFalse();
        assertThat(visitors.count()).isEqualTo(Visitors.MOST);
    }

    @Test
    void aSessionThatEndedIsForgotten_alsoWhenItEndedJustBefore() {
        MockHttpSession ended = comes();
        visitors.sessionDestroyed(new HttpSessionEvent(ended));
        assertThat(visitors.count()).isZero();

        MockHttpSession endsMeanwhile = comes();
        endsMeanwhile.invalidate();
        for (int i = 0; i < Visitors.MOST; i++) {
            comes();
        }
        assertThat(visitors.count()).isEqualTo(Visitors.MOST);
    }
}
