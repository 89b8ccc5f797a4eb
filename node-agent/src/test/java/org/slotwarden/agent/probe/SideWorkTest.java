package org.slotwarden.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SideWorkTest {

    private final List<String> done = new CopyOnWriteArrayList<>();

    @Test
    void oneTaskComesAfterTheOther() {
        SideWork side = new SideWork();
        for (int i = 0; i < 100; i++) {
            String name = "task " + i;
            assertThat(side.offer(() -> done.add(name))).isTrue();
        }
        await().until(() -> done.size() == 100);
        assertThat(done).first().isEqualTo("task 0");
        assertThat(done).last().isEqualTo("task 99");
    }

    @Test
    void whatIsOfferedForLaterLetsOthersComeFirst() {
        SideWork side = new SideWork();
        side.offer(() -> side.offer(() -> done.add("late"), 1));
        await().until(() -> done.contains("late"));
        side.offer(() -> done.add("much later"), Duration.ofSeconds(1).toNanos());
        side.offer(() -> done.add("later"), Duration.ofMillis(100).toNanos());
        side.offer(() -> done.add("at once"));
        await().until(() -> done.size() == 4);
        assertThat(done).containsExactly("late", "at once", "later", "much later");
    }

    @Test
    void aTaskThatFailsStopsNobody() {
        SideWork side = new SideWork();
        side.offer(() -> {
            throw new IllegalStateException("for the test");
        });
        side.offer(() -> done.add("next"));
        await().until(() -> done.contains("next"));
    }

    @Test
    void anErrorIsNotTakenForATaskThatHangs() {
        SideWork side = new SideWork(1, 0); // one thread that is stuck would be one too many
        side.offer(() -> {
            done.add("failing");
            throw new StackOverflowError("for the test");
        });
        await().until(() -> done.contains("failing"));
        await().until(() -> side.offer(() -> done.add("next")));
        await().until(() -> done.contains("next"));
        assertThat(side.stuck()).isZero();
    }

    @Test
    void whatIsStuckIsLeftAloneAndOthersGoOn() {
        SideWork side = new SideWork(Duration.ofMillis(50).toNanos(), 2);
        CountDownLatch mount = new CountDownLatch(1);
        side.offer(() -> hang(mount, "first"));
        await().until(() -> side.offer(() -> hang(mount, "second")) && side.stuck() >= 1);
        await().until(() -> {
            side.offer(() -> hang(mount, "more"));
            return side.stuck() == 2;
        });
        await().until(() -> !side.offer(() -> done.add("too much")));
        mount.countDown();
        await().until(() -> side.offer(() -> done.add("again")) && done.contains("again"));
        assertThat(done).contains("first", "second");
    }

    private void hang(CountDownLatch mount, String name) {
        try {
            mount.await();
            done.add(name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
