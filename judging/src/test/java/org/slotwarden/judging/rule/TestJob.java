package org.slotwarden.judging.rule;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slotwarden.judging.JobCase;
import org.slotwarden.judging.JobFacts;
import org.slotwarden.judging.JobFigures;
import org.slotwarden.judging.JudgeSettings;
import org.slotwarden.judging.Observation;
import org.slotwarden.judging.Quantity;

/** Figures as a judged job has them. */
final class TestJob {

    static final JobFacts ASKED =
            JobFacts.UNKNOWN.withStart(0).withCores(1).withMemory(2e9).withInterval(30);

    private TestJob() {}

    /** Of the second of two samples; in the first, counters were 0. */
    static JobFigures figures(Consumer<Observation> measured) {
        JobCase job = new JobCase(JudgeSettings.defaults(), ASKED);
        AtomicReference<JobFigures> figures = new AtomicReference<>();
        job.follower(figures::set);
        Observation second = Observation.at(60);
        measured.accept(second);
        Observation first = Observation.at(30);
        for (Quantity quantity : Quantity.values()) {
            if (quantity.counter() && !Double.isNaN(second.value(quantity))) {
                first.with(quantity, 0);
            }
        }
        job.feed(first);
        job.feed(second);
        return figures.get();
    }
}
