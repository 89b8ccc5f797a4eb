package org.slotwarden.portal.job;

/** By what a list of jobs is ordered; unknown values come last, ties are broken by id. */
public record JobSort(Key key, boolean descending) {

    public static final JobSort NEWEST_FIRST = new JobSort(Key.STARTED, true);

    /** What can be sorted by: in URLs the lower-case name, descending with a leading minus ({@code -started}). */
    public enum Key {
        ID,
        STARTED,
        ENDED,
        USER,
        QUEUE,
        STATE,
        CORES_USED,
        CPU_SECONDS,
        MEMORY_RSS_BYTES,
        MAX_MEMORY_RSS_BYTES,
        OPEN_SOCKETS
    }

    /**
     * @throws IllegalArgumentException with a message for people, when {@code text} names no key
     */
    public static JobSort parse(String text) {
        boolean descending = text.startsWith("-");
        String name = descending ? text.substring(1) : text;
        for (Key key : Key.values()) {
            if (key.name().toLowerCase(java.util.Locale.ROOT).equals(name)) {
                return new JobSort(key, descending);
            }
        }
        throw new IllegalArgumentException(
                "sort must be one of id, started, ended, user, queue, state, cores_used, "
                        + "cpu_seconds, memory_rss_bytes, max_memory_rss_bytes, open_sockets, with a leading minus for descending");
    }
}
