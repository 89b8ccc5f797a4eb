package org.slotwarden.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.load.TestPortal.Mood;

/** A whole run against a portal that keeps what it is told in memory, and the audit of it. */
@Timeout(120)
class RunTest {

    @TempDir
    private Path directory;

    private final Site site = new Site(11, 6, 4, 1_790_000_000_000L, 30_000, 8, "");
    private final Course course = new NoisyCourse(30);
    private TestPortal portal;

    @BeforeEach
    void start() throws IOException {
        portal = new TestPortal(new Expected(new Told(site), course));
    }

    @AfterEach
    void stop() {
        portal.close();
    }

    private Told run(String... more) throws IOException, InterruptedException {
        Path token = Files.writeString(directory.resolve("token"), "swt_admin");
        Path record = directory.resolve("record");
        List<String> words = new ArrayList<>(List.of(
                "--portal",
                portal.url().toString(),
                "--api-token-file",
                token.toString(),
                "--nodes",
                "6",
                "--slots",
                "4",
                "--seed",
                "11",
                "--job-steps",
                "8",
                "--begin",
                "2026-09-21T14:13:20Z",
                "--connections",
                "3",
                "--steps",
                "40",
                "--record",
                record.toString()));
        words.addAll(List.of(more));
        var options = new Options(words.toArray(String[]::new), 0, Run.OPTIONS, Run.SWITCHES);
        assertThat(new Run(options).run()).isTrue();
        return Told.load(record);
    }

    private Audit audit(Told told) {
        return new Audit(told, course, portal, 0);
    }

    @Test
    void all_that_a_run_told_is_stored_once() throws Exception {
        Told told = run();
        assertThat(told.site()).isEqualTo(site);
        assertThat(told.lastStep()).isEqualTo(39);
        Audit audit = audit(told);
        assertThat(audit.clean()).as("%s", audit.sentences()).isTrue();
        assertThat(portal.repeated).isZero();
        long samples = portal.slots.values().stream()
                .mapToLong(slot -> slot.samples.size())
                .sum();
        assertThat(samples).isGreaterThan(6 * 4 * 40 * 3 / 4).isLessThan(6 * 4 * 40);
        assertThat(portal.slots.values()).anyMatch(slot -> slot.ended && slot.exitCode != 0);
    }

    @Test
    void what_was_not_acknowledged_is_sent_again_with_the_same_numbers_and_figures() throws Exception {
        portal.moods.addAll(List.of(
                Mood.STORES,
                Mood.BUSY,
                Mood.STORES_AND_SAYS_NOTHING,
                Mood.SAYS_NOTHING,
                Mood.STORES,
                Mood.BUSY,
                Mood.STORES_AND_SAYS_NOTHING,
                Mood.STORES_AND_SAYS_NOTHING));
        Audit audit = audit(run("--gzip", "none"));
        assertThat(audit.clean()).as("%s", audit.sentences()).isTrue();
        assertThat(portal.repeated).isPositive();
        assertThat(portal.contradictions).isZero();
    }

    @Test
    void nodes_that_were_away_tell_it_all_afterwards_and_some_batches_come_twice() throws Exception {
        Audit audit = audit(run("--late", "0.5", "--late-steps", "15", "--twice", "0.2", "--reconnect"));
        assertThat(audit.clean()).as("%s", audit.sentences()).isTrue();
        assertThat(portal.repeated).isPositive();
        assertThat(portal.contradictions).isZero();
    }

    @Test
    void the_audit_finds_a_sample_that_is_lost() throws Exception {
        Told told = run();
        victim().pollFirstEntry();
        Audit audit = audit(told);
        assertThat(audit.clean()).isFalse();
        assertThat(audit.lost()).isEqualTo(1);
        assertThat(audit.surplus() + audit.changed()).isZero();
    }

    @Test
    void the_audit_finds_a_sample_that_is_there_twice() throws Exception {
        Told told = run();
        Map.Entry<Long, long[]> sample = victim().firstEntry();
        victim().put(sample.getKey() + 1, sample.getValue());
        Audit audit = audit(told);
        assertThat(audit.clean()).isFalse();
        assertThat(audit.surplus()).isEqualTo(1);
        assertThat(audit.lost() + audit.changed()).isZero();
    }

    @Test
    void the_audit_finds_a_figure_that_is_another() throws Exception {
        Told told = run();
        victim().firstEntry().getValue()[13]++;
        Audit audit = audit(told);
        assertThat(audit.clean()).isFalse();
        assertThat(audit.changed()).isEqualTo(1);
        assertThat(audit.sentences()).singleElement().asString().contains("read_chars");
    }

    @Test
    void the_audit_finds_a_slot_that_is_lost_or_was_never_told_or_did_not_end() throws Exception {
        Told told = run();
        String first = portal.slots.keySet().iterator().next();
        TestPortal.Stored slot = Objects.requireNonNull(portal.slots.remove(first));
        assertThat(audit(told).clean()).isFalse();
        portal.slots.put(first, slot);
        assertThat(audit(told).clean()).isTrue();

        portal.slots.put("another", new TestPortal.Stored(1_000_000, site.node(0)));
        assertThat(audit(told).clean()).isFalse();
        portal.slots.remove("another");

        slot.ended = !slot.ended;
        assertThat(audit(told).clean()).isFalse();
        slot.ended = !slot.ended;

        Objects.requireNonNull(portal.nodeSamples.get(site.node(3))).pollFirstEntry();
        assertThat(audit(told).clean()).isFalse();
    }

    private TreeMap<Long, long[]> victim() {
        return portal.slots.values().stream()
                .filter(slot -> slot.samples.size() > 3)
                .findFirst()
                .orElseThrow()
                .samples;
    }
}
