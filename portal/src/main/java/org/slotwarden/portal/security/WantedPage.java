package org.slotwarden.portal.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.security.web.savedrequest.SavedRequest;
import org.springframework.security.web.savedrequest.SimpleSavedRequest;
import org.springframework.security.web.util.UrlUtils;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Where to go on after the log-in: the address of a page, and nothing else of the request. Whoever reaches the portal has
 * it kept, and of headers, cookies and parameters one can make a hundred times what they take in the request.
 */
final class WantedPage implements RequestCache {

    /** Characters. What is longer than the head of an answer may be could not be gone back to. */
    static final int LONGEST_ADDRESS = 2_000;

    private static final String ADDRESS = "wanted-page";

    private final RequestMatcher pages;

    WantedPage(RequestMatcher pages) {
        this.pages = pages;
    }

    @Override
    public void saveRequest(HttpServletRequest request, HttpServletResponse response) {
        String address = UrlUtils.buildFullRequestUrl(request);
        if (pages.matches(request) && address.length() <= LONGEST_ADDRESS) {
            request.getSession().setAttribute(ADDRESS, address);
        }
    }

    @Override
    public @Nullable SavedRequest getRequest(HttpServletRequest request, HttpServletResponse response) {
        HttpSession session = request.getSession(false);
        return session != null && session.getAttribute(ADDRESS) instanceof String address
                ? new SimpleSavedRequest(address)
                : null;
    }

    /** The request for it is taken as it comes. */
    @Override
    public @Nullable HttpServletRequest getMatchingRequest(HttpServletRequest request, HttpServletResponse response) {
        return null;
    }

    @Override
    public void removeRequest(HttpServletRequest request, HttpServletResponse response) {
        HttpSession session = request.getSession(false);
        if (session != null) {
            session.removeAttribute(ADDRESS);
        }
    }
}
