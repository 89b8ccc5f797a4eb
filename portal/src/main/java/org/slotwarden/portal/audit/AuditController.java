package org.slotwarden.portal.audit;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.PageOf;
import org.slotwarden.portal.api.Paging;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** {@code /api/v1/audit}: who did what, for admins. */
@RestController
@RequestMapping("/api/v1/audit")
class AuditController {

    private final Audit audit;
    private final JsonMapper json;

    AuditController(Audit audit, JsonMapper json) {
        this.audit = audit;
        this.json = json;
    }

    /** @param text somewhere in subject or reason */
    @GetMapping
    PageOf<AuditEntry> search(
            @RequestParam(required = false) @Nullable String who,
            @RequestParam(required = false) @Nullable String action,
            @RequestParam(required = false) @Nullable Long job,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @RequestParam(required = false) @Nullable String text,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        Paging.check(page, size);
        Audit.Found found = audit.search(new Audit.Filter(who, action, job, from, to, text), page, size);
        return new PageOf<>(found.entries(), page, size, found.total());
    }

    /** Reads all entries and says whether one is missing or was changed. */
    @GetMapping("/check")
    Audit.Checked check() {
        return audit.check();
    }

    /** All entries with their hashes, the oldest first, each a JSON object on a line of its own. */
    @GetMapping("/export")
    void export(HttpServletResponse response) throws IOException {
        response.setContentType("application/x-ndjson");
        response.setHeader("Content-Disposition", "attachment; filename=\"audit.ndjson\"");
        OutputStream out = response.getOutputStream();
        audit.each(chained -> {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("entry", chained.entry());
            line.put("hash", chained.hash());
            try {
                out.write((json.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
