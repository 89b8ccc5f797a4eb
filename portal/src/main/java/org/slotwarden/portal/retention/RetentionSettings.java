package org.slotwarden.portal.retention;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code slotwarden.retention.*}: how long what is kept, counted from the time of a sample, or from the end of a job.
 *
 * @param rows samples as rows; whole days go at once
 * @param blocks samples in blocks
 * @param rollups figures of jobs over ten minutes
 * @param nodes samples of nodes and of agents
 * @param jobs all else that is known of a job, and the job itself
 * @param archiveEvery how often slots that are due are looked for, once there were none
 */
@ConfigurationProperties("slotwarden.retention")
record RetentionSettings(
        @DefaultValue("2d") Duration rows,
        @DefaultValue("90d") Duration blocks,
        @DefaultValue("730d") Duration rollups,
        @DefaultValue("90d") Duration nodes,
        @DefaultValue("3650d") Duration jobs,
        @DefaultValue("5s") Duration archiveEvery) {

    private static final Duration DAY = Duration.ofDays(1);

    RetentionSettings {
        atLeast("rows", rows, "a day", DAY);
        atLeast("blocks", blocks, "slotwarden.retention.rows", rows);
        atLeast("rollups", rollups, "slotwarden.retention.rows", rows);
        atLeast("nodes", nodes, "a day", DAY);
        atLeast("jobs", jobs, "slotwarden.retention.blocks", blocks);
        atLeast("jobs", jobs, "slotwarden.retention.rollups", rollups);
    }

    private static void atLeast(String name, Duration value, String least, Duration bound) {
        if (value.compareTo(bound) < 0) {
            throw new IllegalArgumentException(
                    "slotwarden.retention." + name + " is " + value + ", and must not be shorter than " + least);
        }
    }
}
