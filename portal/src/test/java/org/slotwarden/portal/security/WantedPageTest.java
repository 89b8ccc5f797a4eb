package org.slotwarden.portal.security;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpSession;
import java.util.Collections;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.web.savedrequest.SavedRequest;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;

class WantedPageTest {

    private final WantedPage wanted = new WantedPage(AnyRequestMatcher.INSTANCE);
    private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/jobs");
    private final MockHttpServletResponse response = new MockHttpServletResponse();

    @Test
    void onlyTheAddressIsKept_untilItIsRemoved() {
        request.setQueryString("user=anna");
        request.addParameter("user", "anna");
        request.addHeader("X-Long", "x".repeat(8_000));
        request.setCookies(new Cookie("long", "x".repeat(4_000)));

        wanted.saveRequest(request, response);

        HttpSession session = Objects.requireNonNull(request.getSession(false));
        assertThat(Collections.list(session.getAttributeNames()))
                .singleElement()
                .satisfies(name -> assertThat(session.getAttribute(name)).isEqualTo("http://localhost/jobs?user=anna"));
        SavedRequest saved = wanted.getRequest(request, response);
        assertThat(Objects.requireNonNull(saved).getRedirectUrl()).isEqualTo("http://localhost/jobs?user=anna");
        wanted.removeRequest(request, response);
        assertThat(wanted.getRequest(request, response)).isNull();
    }

    @Test
    void whatIsNotKeptMakesNoSession() {
        request.setQueryString("a".repeat(WantedPage.LONGEST_ADDRESS));
        wanted.saveRequest(request, response);
        MockHttpServletRequest program = new MockHttpServletRequest("GET", "/api/v1/jobs");
        new WantedPage(any -> false).saveRequest(program, response);

        assertThat(request.getSession(false)).isNull();
        assertThat(program.getSession(false)).isNull();
        assertThat(wanted.getRequest(request, response)).isNull();
    }
}
