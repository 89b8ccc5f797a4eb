package org.slotwarden.judging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Jobs of several slots are judged as one. */
class SlotsTest {

    private static final double FOUR_HOURS = 4 * 3600;

    private static List<Change> judge(JobFacts facts, Life... lives) {
        JobCase job = new JobCase(JudgeSettings.defaults(), facts.withSlots(lives.length));
        List<List<Observation>> slots = new ArrayList<>();
        for (int i = 0; i < lives.length; i++) {
            slots.add(Trial.samples(lives[i], 30, FOUR_HOURS, i));
        }
        List<Change> changes = new ArrayList<>();
        for (int sample = 0; sample < slots.getFirst().size() - 1; sample++) {
            for (int slot = 0; slot < lives.length; slot++) {
                changes.addAll(job.feed(slot, Trial.ASKED, slots.get(slot).get(sample)));
            }
        }
        return changes;
    }

    @Test
    void a_job_hangs_only_when_all_its_slots_do() {
        JobFacts four = Trial.ASKED.withCores(4);

        assertThat(judge(four, Sick.hangs(), Healthy.talks())).isEmpty();
        assertThat(judge(four, Sick.hangs(), Sick.hangs()))
                .singleElement()
                .satisfies(change -> assertThat(change.kind()).isEqualTo(FlagKind.HANG))
                .satisfies(change -> assertThat(change.time()).isBetween(3000.0, 3200.0));
    }

    @Test
    void cores_are_added_up_and_held_against_the_request_of_the_whole_job() {
        assertThat(judge(Trial.ASKED.withCores(4), Sick.overuses(), Healthy.starves()))
                .isEmpty();
        assertThat(judge(Trial.ASKED.withCores(4), Sick.overuses(), Sick.overuses()))
                .singleElement()
                .extracting(Change::kind)
                .isEqualTo(FlagKind.CPU_OVERUSE);
    }

    @Test
    void a_leak_of_one_slot_is_one_of_the_job() {
        assertThat(judge(Trial.ASKED.withCores(4), Healthy.talks(), Sick.leaksFiles(0.05)))
                .singleElement()
                .extracting(Change::kind)
                .isEqualTo(FlagKind.FILE_LEAK);
    }

    @Test
    void of_a_slot_that_was_never_heard_of_there_is_no_hang() {
        JobCase job = new JobCase(JudgeSettings.defaults(), Trial.ASKED.withSlots(2));
        List<Change> changes = new ArrayList<>();
        for (Observation sample : Trial.samples(Sick.hangs(), 30, FOUR_HOURS, 1)) {
            changes.addAll(job.feed(1, Trial.ASKED, sample));
        }

        assertThat(changes).isEmpty();
    }
}
