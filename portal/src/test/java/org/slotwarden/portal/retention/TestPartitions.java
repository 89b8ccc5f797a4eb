package org.slotwarden.portal.retention;

import java.time.LocalDate;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Days of {@code job_sample} as a test wants them. */
public final class TestPartitions {

    private TestPartitions() {}

    /** Both days included. */
    public static void make(JdbcClient jdbc, LocalDate first, LocalDate last) {
        String days = first.datesUntil(last.plusDays(1))
                .map(day -> "PARTITION " + new SamplePartitions.Partition(day).name() + " VALUES LESS THAN ('"
                        + day.plusDays(1) + "'), ")
                .collect(Collectors.joining());
        jdbc.sql("ALTER TABLE job_sample PARTITION BY RANGE COLUMNS (time) (" + days
                        + "PARTITION later VALUES LESS THAN (MAXVALUE))")
                .update();
    }
}
