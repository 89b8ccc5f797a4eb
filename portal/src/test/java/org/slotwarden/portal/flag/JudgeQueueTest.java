package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.flag.JudgeQueue.Task;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.SamplesStored;

class JudgeQueueTest {

    private final JudgeQueue queue = new JudgeQueue(100);

    @Test
    void itsBoundIsOfSamples_howeverFewSlotsTellThem() throws InterruptedException {
        assertThat(queue.offer(task(1, 60))).isTrue();
        assertThat(queue.offer(task(2, 41))).isFalse();
        assertThat(queue.offer(task(2, 39))).isTrue();
        assertThat(queue.offer(task(3, 2))).isFalse();

        assertThat(queue.take(2)).extracting(Task::jobId).containsExactly(1L, 2L);
        assertThat(queue.offer(task(5, 100))).isTrue();
        assertThat(queue.take(300)).extracting(Task::jobId).containsExactly(5L);
    }

    @Test
    void theEndOfAJobIsNeverRefused() throws InterruptedException {
        assertThat(queue.offer(task(1, 5000))).isTrue();
        assertThat(queue.offer(new Task(2, null, () -> {}))).isTrue();

        assertThat(queue.take(1)).extracting(Task::jobId).containsExactly(1L);
        assertThat(queue.offer(task(3, 5000))).isTrue();
        assertThat(queue.take(300)).extracting(Task::jobId).containsExactly(2L, 3L);
    }

    @Test
    void whatIsAloneIsTaken_howeverMuch() {
        assertThat(queue.offer(task(1, 5000))).isTrue();
        assertThat(queue.offer(task(2, 1))).isFalse();
    }

    @Test
    void onceItIsClosedWhatWaitsIsTaken_andNothingMore() throws InterruptedException {
        queue.offer(task(1, 1));
        queue.close();

        assertThat(queue.offer(task(2, 1))).isFalse();
        assertThat(queue.take(10)).hasSize(1);
        assertThat(queue.take(10)).isEmpty();
    }

    private static Task task(long job, int samples) {
        List<JobSample> some = new ArrayList<>();
        for (int i = 0; i < samples; i++) {
            some.add(new JobSample(Instant.EPOCH.plusSeconds(i), Map.of()));
        }
        return new Task(job, new SamplesStored(job, 1, some), () -> {});
    }
}
