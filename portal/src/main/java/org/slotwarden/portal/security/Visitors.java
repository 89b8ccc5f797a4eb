package org.slotwarden.portal.security;

import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.stereotype.Component;

/**
 * Keeps the sessions of those who have not logged in few. Whoever reaches the portal makes one by asking for a page, so
 * that without this anybody could fill the memory with them. Beyond {@link #MOST} the eldest ends: its owner is sent to
 * the page for the log-in anew.
 */
@Component
final class Visitors implements HttpSessionListener, HttpSessionAttributeListener {

    /** With its token for forms, and the address of the page that one wanted, a session takes some kilobytes. */
    static final int MOST = 1_000;

    /** Eldest first. */
    private final SequencedSet<HttpSession> notLoggedIn = new LinkedHashSet<>();

    @Override
    public void sessionCreated(HttpSessionEvent event) {
        HttpSession tooMany = added(event.getSession());
        if (tooMany != null) {
            try {
                tooMany.invalidate();
            } catch (IllegalStateException e) {
                // It has just ended by itself.
            }
        }
    }

    private synchronized @Nullable HttpSession added(HttpSession session) {
        notLoggedIn.add(session);
        return notLoggedIn.size() <= MOST ? null : notLoggedIn.removeFirst();
    }

    @Override
    public void attributeAdded(HttpSessionBindingEvent event) {
        if (event.getName().equals(HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY)) {
            remove(event.getSession());
        }
    }

    @Override
    public void sessionDestroyed(HttpSessionEvent event) {
        remove(event.getSession());
    }

    private synchronized void remove(HttpSession session) {
        notLoggedIn.remove(session);
    }

    synchronized int count() {
        return notLoggedIn.size();
    }
}
