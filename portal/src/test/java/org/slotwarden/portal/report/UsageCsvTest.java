package org.slotwarden.portal.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageCsvTest {

    private static final Usage USAGE = new Usage(3, 1, 1, 1, 0, 0, 0, 0, 0, 2.5, 10, 7.5, 0.75, null, 3, 0.5);

    private static List<String> linesOf(@Nullable String name) {
        Stretch stretch = new Stretch(Instant.parse("2026-11-01T00:00:00Z"), Instant.parse("2026-12-01T00:00:00Z"));
        UsageReport report = new UsageReport(
                stretch, stretch.to(), Grouping.USER, List.of(new UsageReport.Line(name, USAGE)), USAGE);
        return List.of(UsageCsv.of(report).split("\r\n"));
    }

    @Test
    void oneLineEach_unknownIsEmpty() {
        assertThat(linesOf("anna"))
                .containsExactly(
                        "user,jobs,running,completed,failed,timeout,out_of_memory,cancelled,requeued,vanished,wall_hours,"
                                + "core_hours_asked,cpu_hours,cpu_efficiency,memory_used_share,jobs_without_memory_share,"
                                + "failed_share",
                        "anna,3,1,1,1,0,0,0,0,0,2.5000,10.0000,7.5000,0.7500,,3,0.5000");
        assertThat(linesOf(null).get(1)).startsWith(",3,");
    }

    @Test
    void textIsQuotedAsInRfc4180() {
        assertThat(UsageCsv.text("a,b")).isEqualTo("\"a,b\"");
        assertThat(UsageCsv.text("a \"b\"")).isEqualTo("\"a \"\"b\"\"\"");
        assertThat(UsageCsv.text("a\nb")).isEqualTo("\"a\nb\"");
        assertThat(UsageCsv.text("Jörg Ö")).isEqualTo("Jörg Ö");
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"})
    void textThatBeginsLikeAFormula_isText(String text) {
        String cell = UsageCsv.text(text);

        assertThat(cell.startsWith("\"") ? cell.substring(1) : cell).startsWith("'" + text.charAt(0));
    }
}
