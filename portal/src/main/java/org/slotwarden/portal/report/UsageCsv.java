package org.slotwarden.portal.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Usage as CSV (RFC 4180), for spreadsheets and scripts. What is not known is an empty cell. */
final class UsageCsv {

    private static final List<String> FIGURES = List.of(
            "jobs",
            "running",
            "completed",
            "failed",
            "timeout",
            "out_of_memory",
            "cancelled",
            "requeued",
            "vanished",
            "wall_hours",
            "core_hours_asked",
            "cpu_hours",
            "cpu_efficiency",
            "memory_used_share",
            "jobs_without_memory_share",
            "failed_share");

    private UsageCsv() {}

    static String of(UsageReport report) {
        StringBuilder csv = new StringBuilder(header(report.by().groupingName()));
        for (UsageReport.Line line : report.lines()) {
            csv.append(row(line.name(), line.usage()));
        }
        return csv.toString();
    }

    static String of(UserUsage usage) {
        StringBuilder csv = new StringBuilder(header("month"));
        for (UserUsage.Month month : usage.months()) {
            csv.append(row(month.month().toString(), month.usage()));
        }
        return csv.toString();
    }

    private static String header(String first) {
        return Stream.concat(Stream.of(first), FIGURES.stream()).collect(Collectors.joining(",", "", "\r\n"));
    }

    private static String row(@Nullable String name, Usage usage) {
        return Stream.of(
                        text(name),
                        number(usage.jobs()),
                        number(usage.running()),
                        number(usage.completed()),
                        number(usage.failed()),
                        number(usage.timeout()),
                        number(usage.outOfMemory()),
                        number(usage.cancelled()),
                        number(usage.requeued()),
                        number(usage.vanished()),
                        number(usage.wallHours()),
                        number(usage.coreHoursAsked()),
                        number(usage.cpuHours()),
                        number(usage.cpuEfficiency()),
                        number(usage.memoryUsedShare()),
                        number(usage.jobsWithoutMemoryShare()),
                        number(usage.failedShare()))
                .collect(Collectors.joining(",", "", "\r\n"));
    }

    /** Spreadsheets run a cell that begins like a formula; an apostrophe before it makes it text. */
    static String text(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return "";
        }
        String safe = "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        boolean quote = safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
        return quote ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }

    private static String number(@Nullable Number number) {
        return switch (number) {
            case null -> "";
            case Double value -> String.format(Locale.ROOT, "%.4f", value);
            default -> number.toString();
        };
    }
}
