package org.slotwarden.portal.retention;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Archives all day long, on a thread of its own that leaves half of its time to those who store reports. When it falls
 * behind by an hour, it leaves them less. It also looks after what came late of deleted jobs.
 */
@Component
class ArchiveThread extends RepeatedWork {

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(30);
    private static final double FAR_BEHIND_SECONDS = 3600;

    private final Archiver archiver;
    private final JobRemoval removal;
    private final Duration pause;
    private final Counter samples;
    private volatile double lagSeconds;

    ArchiveThread(Archiver archiver, JobRemoval removal, RetentionSettings settings, MeterRegistry meters) {
        super("archiving", Duration.ZERO, PAUSE_AFTER_FAILURE);
        this.archiver = archiver;
        this.removal = removal;
        this.pause = settings.archiveEvery();
        samples = Counter.builder("slotwarden.archived.samples")
                .description("Samples that were put into blocks")
                .register(meters);
        Gauge.builder("slotwarden.archive.lag", () -> lagSeconds)
                .baseUnit("seconds")
                .description("For how long the slot that has been due longest waits to be archived")
                .register(meters);
    }

    @Override
    Duration round() {
        long begin = System.nanoTime();
        Archiver.Round round = archiver.round();
        samples.increment(round.samples());
        lagSeconds = archiver.lagSeconds();
        removal.removeStragglers();
        long busy = System.nanoTime() - begin;
        return round.slots() == 0 ? pause : Duration.ofNanos(lagSeconds > FAR_BEHIND_SECONDS ? busy / 10 : busy);
    }
}
