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
            conditions.add("j.open_flags <> ''");
        } else if (filter.flag() != null) {
            where("FIND_IN_SET(:flag, j.open_flags) > 0", "flag", filter.flag());
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

    String where() {
        return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    Map<String, Object> parameters() {
        return parameters;
    }

    static String orderBy(JobSort sort) {
        String column = switch (sort.key()) {
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
        // Descending, NULL comes last by itself, and an index serves.
        return sort.descending()
                ? " ORDER BY " + column + " DESC, j.id DESC"
                : " ORDER BY " + column + " IS NULL, " + column + ", j.id";
    }
}
