package org.slotwarden.agent.send;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.SampleLoss;
import org.slotwarden.wire.v1.SlotReport;

/** Samples that a spool had no room for: counted until a report has told of them. */
final class GivenUpSamples {

    private @Nullable SampleLoss untold;
    private long total;

    /** Counts the samples of a report that is given up; one, when it cannot be read any more. */
    void add(byte @Nullable [] report) {
        SampleLoss.Builder loss = untold == null ? SampleLoss.newBuilder() : untold.toBuilder();
        long before = loss.getSamples();
        try {
            SlotReport given = SlotReport.parseFrom(report == null ? new byte[0] : report);
            if (given.hasEvidence()) {
                return; // no sample: the portal sees that it does not come
            }
            for (JobSample sample : given.getSamplesList()) {
                long time = sample.getTimeMs();
                loss.setFromMs(
                                loss.getSamples() == 0 || loss.getFromMs() == 0
                                        ? time
                                        : Math.min(loss.getFromMs(), time))
                        .setToMs(Math.max(loss.getToMs(), time))
                        .setSamples(loss.getSamples() + 1);
            }
        } catch (InvalidProtocolBufferException e) {
            // Counted below: there was something.
        }
        if (loss.getSamples() == before) {
            loss.setSamples(before + 1);
        }
        total += loss.getSamples() - before;
        untold = loss.build();
    }

    /** What no report has told yet. */
    Optional<SampleLoss> untold() {
        return Optional.ofNullable(untold);
    }

    /** A report tells it. */
    void told() {
        untold = null;
    }

    /** What an earlier process of the agent had counted and not told. */
    void restore(byte[] saved) {
        try {
            untold = SampleLoss.parseFrom(saved);
        } catch (InvalidProtocolBufferException e) {
            untold = SampleLoss.newBuilder().setSamples(1).build();
        }
    }

    /** Since this process began. */
    long total() {
        return total;
    }
}
