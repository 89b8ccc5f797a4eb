package org.slotwarden.judging;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a flag can say of a job. The names are part of the REST contract. Causes come before their symptoms. */
public enum FlagKind {
    /** A hundred processes within minutes. */
    PROCESS_STORM("Storm of processes"),
    /** Processes rise and rise. */
    PROCESS_LEAK("Processes leak"),
    /** Storage movers are taken and not given back. */
    MOVER_HOARD("Hoards storage movers"),
    /** Open sockets rise and rise. */
    SOCKET_LEAK("Sockets leak"),
    /** Open files rise and rise. */
    FILE_LEAK("Files leak"),
    /** Memory rises, and will be used up before the job's time is. */
    MEMORY_LEAK("Memory leaks"),
    /** Disk space will be used up before the job's time is. */
    DISK_FILL("Fills its disk"),
    /** A great share of the node's link. */
    NETWORK_FLOOD("Floods the network"),
    /** Very many tiny operations on storage, or many processes that wait for it. */
    IO_STORM("Storm of small I/O"),
    /** Neither computes nor reads nor writes; or computes, and nothing comes of it any more. */
    HANG("Hangs"),
    /** More cores busy than the job asked for. */
    CPU_OVERUSE("More cores than asked for"),
    /** Memory close to the job's limit. */
    MEMORY_NEAR_LIMIT("Memory near its limit"),
    /** Far fewer cores busy than the job asked for. */
    IDLE_CORES("Cores idle"),
    /** By its own progress the job will not end in time. */
    WALLTIME_OVERRUN("Will not end in time"),
    /** Unlike the other members of its array at the same age, or the earlier jobs of the same user and workflow. */
    OUTLIER("Unlike its peers"),
    /** What a rule of the site's own says; flags of this kind have the rule's name. */
    SITE_RULE("Rule of this site");

    private final String title;

    FlagKind(String title) {
        this.title = title;
    }

    /** A few words for people. */
    public String title() {
        return title;
    }

    /** Name in REST, URLs, replays and the database ({@code cpu_overuse}). */
    public String kindName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<FlagKind> named(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.kindName().equals(name))
                .findFirst();
    }
}
