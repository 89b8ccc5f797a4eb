package org.slotwarden.portal.web;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.audit.Audit;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.util.UriComponentsBuilder;

/** {@code /audit}: who did what, for admins. */
@Controller
class AuditPage {

    private static final int SIZE = 50;

    private final Audit audit;

    AuditPage(Audit audit) {
        this.audit = audit;
    }

    /** What is looked for, as it was typed; days are whole, in UTC. */
    public record Wanted(String who, String action, String job, String from, String to, String text) {

        private static @Nullable String orNull(String typed) {
            return typed.isBlank() ? null : typed.strip();
        }

        private @Nullable Long jobId() {
            return job.isBlank() ? null : (Long) Long.parseLong(job.strip());
        }

        private static @Nullable Instant day(String typed, int later) {
            return typed.isBlank()
                    ? null
                    : LocalDate.parse(typed.strip())
                            .plusDays(later)
                            .atStartOfDay()
                            .toInstant(ZoneOffset.UTC);
        }

        Audit.Filter filter() {
            return new Audit.Filter(orNull(who), orNull(action), jobId(), day(from, 0), day(to, 1), orNull(text));
        }

        String address() {
            return UriComponentsBuilder.fromPath("/audit")
                    .queryParam("who", "{who}")
                    .queryParam("action", "{action}")
                    .queryParam("job", "{job}")
                    .queryParam("from", "{from}")
                    .queryParam("to", "{to}")
                    .queryParam("text", "{text}")
                    .encode()
                    .buildAndExpand(who, action, job, from, to, text)
                    .toUriString();
        }
    }

    @GetMapping("/audit")
    String show(
            @RequestParam(defaultValue = "") String who,
            @RequestParam(defaultValue = "") String action,
            @RequestParam(defaultValue = "") String job,
            @RequestParam(defaultValue = "") String from,
            @RequestParam(defaultValue = "") String to,
            @RequestParam(defaultValue = "") String text,
            @RequestParam(name = "page", defaultValue = "0") int number,
            @RequestParam(defaultValue = "false") boolean check,
            Model model) {
        Wanted wanted = new Wanted(who, action, job, from, to, text);
        int page = Math.clamp(number, 0, Pages.LAST);
        Audit.Found found = new Audit.Found(List.of(), 0);
        try {
            found = audit.search(wanted.filter(), page, SIZE);
        } catch (NumberFormatException e) {
            model.addAttribute("refused", "The job is a number: the portal's own id, as in the address of its page.");
        } catch (DateTimeException e) {
            model.addAttribute("refused", "A day is written as 2026-11-22.");
        }
        model.addAttribute("wanted", wanted);
        model.addAttribute("entries", found.entries());
        model.addAttribute("total", found.total());
        model.addAttribute("checked", check ? audit.check() : null);
        model.addAttribute("pages", new Pages(wanted.address(), page, SIZE, found.total()));
        return "audit";
    }
}
