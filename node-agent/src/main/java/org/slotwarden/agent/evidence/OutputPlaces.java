package org.slotwarden.agent.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.files.JobPlaces;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;

/** Where a job's output is: where its first process writes; where that is no file, the one that the batch system names. */
final class OutputPlaces {

    /**
     * One of them.
     *
     * @param file where it is read
     * @param name what it is called
     * @param user reads it
     */
    record Place(Path file, String name, UserProgram user) {}

    /** What is done with a place. */
    interface Use<T> {
        T of(Place place) throws Unreadable;
    }

    private final ProcFiles proc;
    private final JobPlaces places;
    private final @Nullable Long gid;
    private final Optional<ProcessStat> first;

    /**
     * @param gid the user's group; null when nobody told
     * @param first the job's first process of those that are the user's own
     */
    OutputPlaces(ProcFiles proc, JobPlaces places, @Nullable Long gid, Optional<ProcessStat> first) {
        this.proc = proc;
        this.places = places;
        this.gid = gid;
        this.first = first;
    }

    /** The oldest one that lives and is the user's own. */
    static Optional<ProcessStat> first(List<ProcessStat> members, ProcFiles proc, long uid) {
        return members.stream()
                .filter(process -> !process.ended() && proc.belongsTo(process.pid(), uid))
                .min(Comparator.comparingLong(ProcessStat::startTicks).thenComparingInt(ProcessStat::pid));
    }

    /**
     * What comes of the first place of which something comes.
     *
     * @throws Unreadable with the reason of the last one; it goes behind "Standard output"
     */
    <T> T use(boolean standardError, Use<T> use) throws Unreadable {
        String where = "goes nowhere that is known";
        long self = owner("self", "unix:uid");
        if (first.isPresent()) {
            int pid = first.get().pid();
            Path link = proc.path(pid + "/fd/" + (standardError ? 2 : 1));
            String target = Descriptors.target(link);
            if (target.startsWith("/") && !target.startsWith("/dev/")) {
                try {
                    // Who looks through a process's descriptors must have its group, too.
                    long group = owner(Integer.toString(pid), "unix:gid");
                    return use.of(new Place(link, target, new UserProgram(places.uid(), group, self)));
                } catch (Unreadable e) {
                    where = String.valueOf(e.getMessage());
                }
            } else if (!target.isEmpty()) {
                where = "goes to " + (target.equals("/dev/null") ? target : "no file");
            }
        }
        Path file = path(standardError ? places.standardError() : places.standardOutput(), places.workDirectory());
        if (file != null && !file.startsWith("/dev")) {
            return use.of(new Place(file, file.toString(), new UserProgram(places.uid(), gid, self)));
        }
        throw new Unreadable(where);
    }

    private long owner(String process, String attribute) {
        try {
            return Integer.toUnsignedLong((Integer) Files.getAttribute(proc.path(process), attribute));
        } catch (IOException e) {
            return -1;
        }
    }

    private static @Nullable Path path(@Nullable String text, @Nullable String folder) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            Path path = Path.of(text);
            return path.isAbsolute()
                    ? path
                    : folder == null ? null : Path.of(folder).resolve(path);
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
