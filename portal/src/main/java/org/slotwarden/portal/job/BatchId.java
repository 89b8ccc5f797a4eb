package org.slotwarden.portal.job;

import java.util.Comparator;

/**
 * What the batch system calls a job; every run of it has the same. The database takes blanks at the end of a name for
 * nothing, so they are none here.
 */
record BatchId(String batchSystem, String cluster, String jobId) implements Comparable<BatchId> {

    private static final Comparator<BatchId> ORDER = Comparator.comparing(BatchId::batchSystem)
            .thenComparing(BatchId::cluster)
            .thenComparing(BatchId::jobId);

    BatchId {
        cluster = withoutBlanks(cluster);
        jobId = withoutBlanks(jobId);
    }

    static BatchId of(JobFacts facts) {
        return new BatchId(facts.batchSystem(), facts.cluster(), facts.jobId());
    }

    private static String withoutBlanks(String name) {
        int end = name.length();
        while (end > 0 && name.charAt(end - 1) == ' ') {
            end--;
        }
        return name.substring(0, end);
    }

    @Override
    public int compareTo(BatchId other) {
        return ORDER.compare(this, other);
    }
}
