package org.slotwarden.portal.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What {@code docs/schema.md} tells people to ask is answered, and every table is named there. */
@PortalTest
class SchemaExamplesTest {

    private static final Path DOCUMENT = Path.of("../docs/schema.md");
    private static final Pattern EXAMPLE = Pattern.compile("```sql\n(.*?);\n```", Pattern.DOTALL);

    @Autowired
    JdbcClient jdbc;

    @Autowired
    NodeTokens tokens;

    @LocalServerPort
    int port;

    @Test
    void everyExampleRuns_andThoseOnSamplesHaveAnAnswer() throws IOException {
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(1800);
        SlotStory story = slot("a", "7").started(start);
        for (int i = 1; i <= 10; i++) {
            story.sample(start.plusSeconds(30L * i), 60.0 * i, 4096);
        }
        new TestAgent(port, "node01", tokens.issue("node01")).tell(story);
        String slot = jdbc.sql("SELECT MAX(id) FROM slot").query(String.class).single();
        String job = jdbc.sql("SELECT MAX(id) FROM job").query(String.class).single();

        List<List<Map<String, @Nullable Object>>> answers = EXAMPLE.matcher(Files.readString(DOCUMENT))
                .results()
                .map(example -> example.group(1)
                        .replace("slot_id = 1", "slot_id = " + slot)
                        .replace("job_id = 1", "job_id = " + job))
                .map(sql -> jdbc.sql(sql).query().listOfRows())
                .toList();

        assertThat(answers).hasSizeGreaterThan(5);
        assertThat(answers.get(0))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("cpu_seconds", 540.0));
        assertThat(answers.get(1))
                .hasSize(10)
                .last()
                .satisfies(row -> assertThat(row).containsEntry("cores_used", 2.0));
        assertThat(answers.get(3)).hasSize(1);
    }

    @Test
    void everyTableIsNamed() throws IOException {
        String document = Files.readString(DOCUMENT);

        assertThat(jdbc.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
                                + " AND table_type = 'BASE TABLE' AND table_name <> 'flyway_schema_history'")
                        .query((row, number) -> row.getString(1))
                        .list())
                .isNotEmpty()
                .allSatisfy(table -> assertThat(document).contains("`" + table + "`"));
    }
}
