package org.slotwarden.portal.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.BadParameterException;
import org.slotwarden.portal.api.NotFoundException;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Usage as JSON, and as CSV with {@code Accept: text/csv} or {@code format=csv}. */
@RestController
@RequestMapping("/api/v1")
class UsageController {

    private static final String CSV = "text/csv;charset=UTF-8";

    private final UsageQueries queries;
    private final Clock clock;

    UsageController(UsageQueries queries, Clock clock) {
        this.queries = queries;
        this.clock = clock;
    }

    /** A report as the REST interface gives it. */
    record ReportView(Instant from, Instant to, Instant asOf, String by, List<LineView> lines, Usage total) {

        record LineView(
                @Nullable String name, @JsonUnwrapped Usage usage) {}

        static ReportView of(UsageReport report) {
            return new ReportView(
                    report.stretch().from(),
                    report.stretch().to(),
                    report.asOf(),
                    report.by().groupingName(),
                    report.lines().stream()
                            .map(line -> new LineView(line.name(), line.usage()))
                            .toList(),
                    report.total());
        }
    }

    /** A user's usage as the REST interface gives it. */
    record UserView(String user, Instant from, Instant to, Instant asOf, Usage total, List<MonthView> months) {

        record MonthView(YearMonth month, @JsonUnwrapped Usage usage) {}

        static UserView of(UserUsage usage) {
            return new UserView(
                    usage.user(),
                    usage.stretch().from(),
                    usage.stretch().to(),
                    usage.asOf(),
                    usage.total(),
                    usage.months().stream()
                            .map(month -> new MonthView(month.month(), month.usage()))
                            .toList());
        }
    }

    @GetMapping(path = "/reports/usage", produces = MediaType.APPLICATION_JSON_VALUE)
    ReportView report(
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(defaultValue = "user") String by,
            Viewer viewer) {
        return ReportView.of(queries.report(stretch(from, to), grouping(by), viewer));
    }

    @GetMapping(path = "/reports/usage", produces = CSV)
    ResponseEntity<String> reportCsv(
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(defaultValue = "user") String by,
            Viewer viewer) {
        return csv(
                "usage-by-" + grouping(by).groupingName(),
                UsageCsv.of(queries.report(stretch(from, to), grouping(by), viewer)));
    }

    @GetMapping(path = "/users/{name}/usage", produces = MediaType.APPLICATION_JSON_VALUE)
    UserView ofUser(
            @PathVariable String name,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            Viewer viewer) {
        return UserView.of(usage(name, from, to, viewer));
    }

    @GetMapping(path = "/users/{name}/usage", produces = CSV)
    ResponseEntity<String> ofUserCsv(
            @PathVariable String name,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            Viewer viewer) {
        return csv("usage", UsageCsv.of(usage(name, from, to, viewer)));
    }

    private UserUsage usage(String name, @Nullable String from, @Nullable String to, Viewer viewer) {
        return queries.ofUser(name, stretch(from, to), viewer)
                .orElseThrow(() -> new NotFoundException("There is no such user"));
    }

    private Stretch stretch(@Nullable String from, @Nullable String to) {
        try {
            return Stretch.parse(from, to, clock.instant());
        } catch (IllegalArgumentException e) {
            throw bad(e);
        }
    }

    private static Grouping grouping(String by) {
        try {
            return Grouping.parse(by);
        } catch (IllegalArgumentException e) {
            throw bad(e);
        }
    }

    /** The messages begin with the name of the parameter. */
    private static BadParameterException bad(IllegalArgumentException e) {
        String[] words = String.valueOf(e.getMessage()).split(" ", 2);
        return new BadParameterException(words[0], words[1]);
    }

    private static ResponseEntity<String> csv(String name, String csv) {
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType(CSV))
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + name + ".csv\"")
                .body(csv);
    }
}
