package org.slotwarden.agent.slot;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.send.Spool;
import org.slotwarden.agent.send.SpoolSpace;
import org.slotwarden.agent.slot.Slot.Surroundings;

/**
 * Keeps the spools of all slots together below a bound: when they take more, the largest are thinned, those
 * of parked slots like the others. A little at a time, since the thread that samples does it.
 */
final class SpoolLimit {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolLimit.class);

    private static final int MOST_AT_ONCE = 32;
    private static final long LONG_ENOUGH = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LEAST_PAUSE = TimeUnit.SECONDS.toNanos(1);
    /** The pause after it, as a multiple of the time that it took. */
    private static final int REST = 20;
    /** When there is nothing that may be given up: only starts and ends. */
    private static final long PAUSE_IN_VAIN = TimeUnit.MINUTES.toNanos(10);

    private record Candidate(long bytes, Runnable shrink) {}

    private final Surroundings here;
    private final SpoolSpace space;
    private final SlotFolders folders;
    private long notBefore = System.nanoTime();
    private boolean exceeded;

    SpoolLimit(Surroundings here, SlotFolders folders) {
        this.here = here;
        this.space = here.space();
        this.folders = folders;
    }

    /**
     * Looks whether it is time to thin.
     *
     * @param slots those in memory
     * @param parked which folders are slots that are not; null: there are none
     */
    void keep(Collection<Slot> slots, @Nullable Predicate<String> parked) {
        if (!space.isExceeded()) {
            exceeded = false;
            return;
        }
        long begin = System.nanoTime();
        if (begin - notBefore < 0) {
            return;
        }
        if (!exceeded) {
            exceeded = true;
            LOG.warn(
                    "all spools take {} bytes, {} are allowed: the largest are thinned",
                    space.bytes(),
                    space.maxBytes());
        }
        long before = space.bytes();
        List<Candidate> candidates = largest(slots, parked);
        for (Candidate candidate : candidates) {
            boolean small = candidate.bytes < candidates.getFirst().bytes / 2;
            if (small || !space.isExceeded() || System.nanoTime() - begin > LONG_ENOUGH) {
                break;
            }
            candidate.shrink.run();
        }
        long now = System.nanoTime();
        notBefore = now + (space.bytes() < before ? Math.max(LEAST_PAUSE, REST * (now - begin)) : PAUSE_IN_VAIN);
    }

    private List<Candidate> largest(Collection<Slot> slots, @Nullable Predicate<String> parked) {
        List<Candidate> candidates = new ArrayList<>();
        for (Slot slot : slots) {
            candidates.add(new Candidate(slot.spool().bytes(), slot.spool()::shrink));
        }
        try {
            if (parked != null) {
                folders.largestSpools(MOST_AT_ONCE, parked)
                        .forEach((file, bytes) -> candidates.add(new Candidate(bytes, () -> shrinkParked(file))));
            }
        } catch (IOException e) {
            LOG.warn("slots that wait on disk cannot be listed: {}", e.toString());
        }
        candidates.sort((one, other) -> Long.compare(other.bytes, one.bytes));
        return candidates.subList(0, Math.min(candidates.size(), MOST_AT_ONCE));
    }

    private void shrinkParked(Path file) {
        String id = String.valueOf(file.getName(file.getNameCount() - 2));
        try (Spool spool = Spool.open(file, id, here.spoolBytes(), space)) {
            space.returned(spool);
            spool.shrink();
            space.gaveUp(spool.samplesGivenUp());
            space.parks(spool);
        } catch (IOException e) {
            LOG.warn("{} cannot be thinned: {}", file, e.toString());
        }
    }
}
