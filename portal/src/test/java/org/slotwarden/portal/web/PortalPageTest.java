package org.slotwarden.portal.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.IngestHealth;
import org.slotwarden.portal.retention.DiskUse;
import org.slotwarden.portal.user.Viewer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.thymeleaf.spring6.view.ThymeleafViewResolver;

/** What the page says of a disk, which no test fills. */
@PortalTest
class PortalPageTest {

    private final Instant now = Instant.now();

    @Autowired
    ThymeleafViewResolver views;

    @Autowired
    ApplicationContext context;

    @Test
    void aDiskThatWillBeFullWithinAMonthIsSaidFirst() throws Exception {
        String page = page(new DiskUse(now, List.of(), 1L << 30, 2L << 30, now.plus(Duration.ofHours(300))));

        assertThat(page)
                .contains("The disk of the database is full", "in 12 d", "href=\"#room\"")
                .doesNotContain("Reports are stored as they come");
    }

    @Test
    void whenAllIsWellASentenceSaysSo() throws Exception {
        assertThat(page(new DiskUse(now, List.of(), 1L << 30, 2L << 30, now.plus(Duration.ofDays(400)))))
                .contains("Reports are stored as they come, and there is room for them.")
                .doesNotContain("The disk of the database is full");
        assertThat(page(new DiskUse(now, List.of(), null, null, null)))
                .contains("Reports are stored as they come.")
                .doesNotContain("The disk of the database is full");
    }

    private String page(DiskUse disk) throws Exception {
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put("ingest", new IngestHealth.State(7, 30, 3, 1e4, 0, 0, 0, 0.012, 0, 0, 1 << 20, 0, 0, 100, 0, 0, 0));
        model.put("facts", List.of());
        model.put("disk", disk);
        model.put("viewer", new Viewer("ada", true));
        model.put("standing", 0L);
        model.put("now", now);
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/portal");
        request.setAttribute(DispatcherServlet.WEB_APPLICATION_CONTEXT_ATTRIBUTE, (WebApplicationContext) context);
        MockHttpServletResponse response = new MockHttpServletResponse();
        Objects.requireNonNull(views.resolveViewName("portal", Locale.ROOT)).render(model, request, response);
        return response.getContentAsString(StandardCharsets.UTF_8);
    }
}
