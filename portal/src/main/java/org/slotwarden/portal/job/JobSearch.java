package org.slotwarden.portal.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slotwarden.portal.user.Viewer;

/** A filter and an order as SQL with named parameters, for what one viewer may see. */
final class JobSearch {

    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> parameters = new HashMap<>();

    JobSearch(JobFilter filter, Viewer viewer) {
        if (!viewer.admin()) {
            where("j.user_name = :viewer", "viewer", viewer.name());
        }
        if (!filter.states().isEmpty()) {
            where(
                    "j.state IN (:states)",
                    "states",
                    filter.states().stream().map(JobState::name).toList());
        }
        if (filter.user() != null) {
            where("j.user_name = :user", "user", filter.user());
        }
        if (filter.queue() != null) {
            where("j.queue = :queue", "queue", filter.queue());
        }
        if (filter.jobId() != null) {
            where("j.batch_job_id = :jobId", "jobId", filter.jobId());
        }
        if (filter.arrayId() != null) {
            where("j.array_id = :arrayId", "arrayId", filter.arrayId());
        }
        if (filter.node() != null) {
            where(
                    "j.id IN (SELECT s.job_id FROM slot s JOIN node n ON n.id = s.node_id WHERE n.name = :node)",
                    "node",
                    filter.node());
        }
        if ("any".equals(filter.flag())) {
            conditions.add("j.flagged");
        } else if (filter.flag() != null) {
            where("j.flagged AND FIND_IN_SET(:flag, j.open_flags) > 0", "flag", filter.flag());
        }
        if (filter.from() != null) {
            where("(j.ended_at >= :from OR j.ended_at IS NULL)", "from", filter.from());
        }
        if (filter.to() != null) {
            where("(j.started_at < :to OR j.started_at IS NULL)", "to", filter.to());
        }
    }

    private void where(String condition, String parameter, Object value) {
        conditions.add(condition);
        parameters.put(parameter, value);
    }

    /** So many jobs are counted, and looked at for an order that no index gives: the newest of those that match. */
    static final int MOST = 100_000;

    /** How many there are, {@link #MOST} at most. */
    String count() {
        return "SELECT COUNT(*) FROM (SELECT 1 FROM job j" + where() + " LIMIT " + MOST + ") some";
    }

    /**
     * Ids in this order, those of which the key is not known last.
     *
     * @param found how many match, as {@link #count} says
     */
    String inOrder(JobSort sort, long found) {
        String column = column(sort);
        if (sort.key() == JobSort.Key.ID || (byTime(sort) && sort.descending())) {
            // Descending, NULL comes last by itself, and an index serves.
            return "SELECT j.id FROM job j" + where() + orderBy(column, sort);
        }
        String some = found < MOST
                ? "job j" + where()
                : "(SELECT j.id, " + column + " FROM job j" + where() + " ORDER BY j.id DESC LIMIT " + MOST + ") j";
        return "SELECT j.id FROM " + some + " ORDER BY " + column + " IS NULL, " + column + direction(sort) + ", j.id"
                + direction(sort);
    }

    /** For an order by a time, from the oldest on: those whose time is known. */
    String known(JobSort sort) {
        return "SELECT j.id FROM job j" + where(column(sort) + " IS NOT NULL") + orderBy(column(sort), sort);
    }

    /** How many are {@link #known}. */
    String countKnown(JobSort sort) {
        return "SELECT COUNT(*) FROM job j" + where(column(sort) + " IS NOT NULL");
    }

    /** Those that come after all that are {@link #known}. */
    String unknown(JobSort sort) {
        return "SELECT j.id FROM job j" + where(column(sort) + " IS NULL") + " ORDER BY j.id";
    }

    static boolean byTime(JobSort sort) {
        return sort.key() == JobSort.Key.STARTED || sort.key() == JobSort.Key.ENDED;
    }

    private static String orderBy(String column, JobSort sort) {
        String id = column.equals("j.id") ? "" : ", j.id" + direction(sort);
        return " ORDER BY " + column + direction(sort) + id;
    }

    private static String direction(JobSort sort) {
        return sort.descending() ? " DESC" : "";
    }

    private String where(String... more) {
        List<String> all = new ArrayList<>(conditions);
        all.addAll(List.of(more));
        return all.isEmpty() ? "" : " WHERE " + String.join(" AND ", all);
    }

    Map<String, Object> parameters() {
        return parameters;
    }

    private static String column(JobSort sort) {
        return switch (sort.key()) {
            case ID -> "j.id";
            case STARTED -> "j.started_at";
            case ENDED -> "j.ended_at";
            case USER -> "j.user_name";
            case QUEUE -> "j.queue";
            case STATE -> "j.state";
            case CORES_USED -> "j.cores_used";
            case CPU_SECONDS -> "j.cpu_seconds";
            case MEMORY_RSS_BYTES -> "j.memory_rss_bytes";
            case MAX_MEMORY_RSS_BYTES -> "j.max_memory_rss_bytes";
            case OPEN_SOCKETS -> "j.open_sockets";
        };
    }
}
