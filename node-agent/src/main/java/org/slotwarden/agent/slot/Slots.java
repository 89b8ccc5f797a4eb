package org.slotwarden.agent.slot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.diagnostics.ErrorCounts;
import org.slotwarden.agent.diagnostics.ErrorKind;
import org.slotwarden.agent.slot.Slot.Surroundings;

/**
 * The slots of this node and what becomes of the files that hooks leave: which file begins a slot, which
 * ends one, and which tells nothing new. Used by one thread.
 */
public final class Slots {

    /** What the owner has to do about it. */
    public interface Listener {
        void began(Slot slot);

        void epilogueCame(Slot slot, HandOver epilogue);

        /** True while more may become known of the end of a slot. */
        boolean awaitsMore(Slot slot);

        /** An ended slot is not looked after for now: what waits of it is on disk. */
        void parked(Slot slot);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Slots.class);

    /** An epilogue that runs twice does so soon; afterwards the id may be another job's. */
    private static final Duration ENDED_REMEMBERED = Duration.ofHours(1);

    private static final int MAX_ENDED = 1000;

    /** Ended slots that wait for the portal in memory; each costs some kilobytes of a small heap. */
    private static final int MAX_WAITING = 500;

    private static final long LOST_WITH_POWER = 1000;

    private final SlotFolders folders;
    private final Surroundings here;
    private final Listener listener;
    private final int maxWaiting;
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final Map<Path, Opened> unopened = new LinkedHashMap<>();
    private final Map<JobKey, Instant> ended = new LinkedHashMap<>();
    private final SpoolLimit limit;
    private int parked;

    public Slots(SlotFolders folders, Surroundings here, Listener listener) {
        this(folders, here, listener, MAX_WAITING);
    }

    /** @param maxWaiting ended slots held in memory; further ones are parked */
    Slots(SlotFolders folders, Surroundings here, Listener listener, int maxWaiting) {
        this.folders = folders;
        this.here = here;
        this.listener = listener;
        this.maxWaiting = maxWaiting;
        this.limit = new SpoolLimit(here, folders);
    }

    /** Adopts what an earlier run of the agent left. */
    public void adoptFound() throws IOException {
        adoptEach(folders.names());
    }

    private void adoptEach(List<String> names) {
        for (String name : names) {
            try {
                Optional<Path> folder = folders.find(name);
                if (folder.isPresent()) {
                    adopt(folder.get());
                }
            } catch (RuntimeException | IOException e) {
                ErrorCounts.count(ErrorKind.SLOT_UNREADABLE);
                LOG.error("{} cannot be adopted: {}", name, e.toString());
            }
        }
    }

    /** Parks what is too much, the newest first; true when parked slots came back into memory instead. */
    public boolean parkOrReturn() throws IOException {
        int waiting = park();
        if (parked == 0 || waiting >= maxWaiting / 2) {
            return false;
        }
        int room = maxWaiting - waiting;
        List<String> names = folders.oldest(room, this::isParked);
        parked = names.size() < room ? 0 : Math.max(1, parked - names.size());
        adoptEach(names);
        for (String name : names) {
            Slot slot = slots.get(name);
            if (slot != null) {
                here.space().returned(slot.spool());
            }
        }
        if (parked == 0) {
            here.space().noneParked();
        }
        LOG.info("{} slots that wait for the portal are looked after again, {} are left", names.size(), parked);
        return true;
    }

    /** Thins the largest spools while all together take more than they may. */
    public void keepWithinSpace() {
        limit.keep(slots.values(), parked == 0 ? null : this::isParked);
    }

    private boolean isParked(String name) {
        return !slots.containsKey(name) && !isUnopened(name);
    }

    private boolean isUnopened(String name) {
        return unopened.keySet().stream().anyMatch(folder -> folder.endsWith(name));
    }

    private int park() {
        int waiting = 0;
        for (Slot slot : all()) {
            if (!slot.ended()) {
                continue;
            }
            if (waiting < maxWaiting
                    || listener.awaitsMore(slot)
                    || slot.spool().isEmpty()
                    || !slot.spool().isOnDisk()) {
                waiting++;
                continue;
            }
            if (parked == 0) {
                LOG.warn("{} ended slots wait for the portal, further ones wait on disk only", waiting);
            }
            parked++;
            slots.remove(slot.id());
            listener.parked(slot);
            slot.park();
        }
        return waiting;
    }

    /** Ended slots that wait on disk only, for the portal and for room in memory. */
    public int parked() {
        return parked;
    }

    /** Adopts a slot that another process looked after until now. */
    public void adopt(Path folder) throws IOException {
        open(folder, slot -> {
            if (slot.ended()) {
                LOG.debug("adopted {}, which had ended", slot);
                return;
            }
            LOG.info("adopted {}", slot);
            Optional<HandOver> epilogue = slot.epilogue();
            if (epilogue.isPresent()) {
                listener.epilogueCame(slot, epilogue.get());
            } else if (folders.isOfEarlierBoot(folder)) {
                // What was written last may be lost here and known to the portal.
                slot.spool().skipNumbers(LOST_WITH_POWER);
                vanish(slot, slot.lastSeen());
            }
        });
    }

    private interface Opened {
        void use(Slot slot) throws IOException;
    }

    private void open(Path folder, Opened opened) throws IOException {
        Slot slot;
        try {
            slot = Slot.open(folder, here);
        } catch (IllegalArgumentException e) {
            ErrorCounts.count(ErrorKind.SLOT_UNREADABLE);
            LOG.error("{} is no slot, removed: {}", folder.getFileName(), e.toString());
            Slot.delete(folder);
            return;
        } catch (RuntimeException | IOException e) {
            // No descriptor left, a disk in trouble: what lies there may not be lost for that.
            ErrorCounts.count(ErrorKind.SLOT_UNREADABLE);
            if (unopened.put(folder, opened) == null) {
                LOG.error("{} cannot be opened, is tried again: {}", folder.getFileName(), e.toString());
            }
            return;
        }
        slots.put(slot.id(), slot);
        listener.began(slot);
        opened.use(slot);
        if (slots.size() > maxWaiting) {
            park();
        }
    }

    /** Tries again to open slots that could not be opened before. */
    public void retry() {
        Map<Path, Opened> again = new LinkedHashMap<>(unopened);
        unopened.clear();
        again.forEach((folder, opened) -> {
            try {
                open(folder, opened);
            } catch (IOException e) {
                unopened.put(folder, opened);
            }
        });
    }

    /** Whether slots lie there that could not be opened yet. */
    public boolean someUnopened() {
        return !unopened.isEmpty();
    }

    /**
     * Does what a hook's file asks for; afterwards the file is gone from the inbox, unless the disk does not
     * let us: then it stays for another time.
     */
    public void take(InboxFile file) throws IOException {
        try {
            HandOver handOver = HandOver.read(file.path());
            JobKey job = JobKey.of(handOver);
            if (file.prologue()) {
                begin(file, handOver, job);
            } else {
                end(file, handOver, job);
            }
        } catch (RuntimeException e) {
            ErrorCounts.count(ErrorKind.HAND_OVER_UNUSABLE);
            LOG.error("{} from a hook cannot be used, removed: {}", file.path().getFileName(), e.toString());
            Files.deleteIfExists(file.path());
        }
    }

    private void begin(InboxFile file, HandOver handOver, JobKey job) throws IOException {
        Slot open = running(job);
        if (open != null && !open.isOtherRun(handOver)) {
            open.learn(handOver);
            Files.delete(file.path());
            return;
        }
        if (open != null) {
            LOG.warn("{}: the job starts again and no epilogue came", open);
            vanish(open, handOver.time());
        }
        ended.remove(job);
        open(folders.make(file), slot -> LOG.info("began {}", slot));
    }

    private void end(InboxFile file, HandOver handOver, JobKey job) throws IOException {
        Slot open = running(job);
        if (open != null && !handOver.time().isBefore(open.handOver().time())) {
            open.takeEpilogue(file.path());
            listener.epilogueCame(open, handOver);
            return;
        }
        Instant before = ended.get(job);
        if (before != null && handOver.time().isBefore(before.plus(ENDED_REMEMBERED))) {
            LOG.info("{} {} has ended already, another epilogue is left out", job.batchSystem(), job.jobId());
            Files.delete(file.path());
            return;
        }
        open(folders.make(file), slot -> {
            LOG.info("{} is known only from its epilogue", slot);
            listener.epilogueCame(slot, handOver);
        });
    }

    /** The slot that runs this job now, and whose epilogue has not come. */
    private @Nullable Slot running(JobKey job) {
        for (Slot slot : slots.values()) {
            if (slot.job().equals(job) && !slot.ended() && !slot.isEnding()) {
                return slot;
            }
        }
        return null;
    }

    /** Notes that a job's epilogue came: it ends nothing a second time. */
    public void ending(Slot slot, Instant when) {
        slot.ending();
        ended.put(slot.job(), when);
        if (ended.size() > MAX_ENDED) {
            ended.remove(ended.keySet().iterator().next());
        }
    }

    /** Ends a slot of which no epilogue tells. */
    public void vanish(Slot slot, Instant when) {
        slot.vanished(when);
        ending(slot, when);
    }

    /** A slot by its id; null when it is gone. */
    public @Nullable Slot get(String id) {
        return slots.get(id);
    }

    public Collection<Slot> all() {
        return new ArrayList<>(slots.values());
    }

    /** Removes a slot that has ended and of which the portal has everything. */
    public void remove(Slot slot) {
        slots.remove(slot.id());
        slot.remove();
    }
}
