package org.slotwarden.agent.slot;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.JobFacts;

/** Turns what a hook handed over into the facts of a job, understanding the batch system's spellings. */
final class JobDescription {

    private static final int MAX_JOB_ID = 256;
    private static final String SLURM = "slurm";

    private JobDescription() {}

    /**
     * @param node this node's name for the batch system: its place in the node list tells its cores
     * @throws IllegalArgumentException when the job cannot be told from others
     */
    static JobFacts read(HandOver from, String node) {
        String batchSystem = from.text("batch_system", "");
        String jobId = from.text("job_id", "");
        if (!batchSystem.matches("[a-z0-9_-]{1,32}")) {
            throw new IllegalArgumentException("batch_system is missing or malformed");
        }
        if (jobId.isEmpty() || jobId.length() > MAX_JOB_ID || jobId.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException("job_id is missing, longer than 256 bytes, or not plain ASCII");
        }
        JobFacts.Builder job = JobFacts.newBuilder()
                .setBatchSystem(batchSystem)
                .setCluster(from.text("cluster", ""))
                .setJobId(jobId);
        texts(from, job);
        from.number("array_index").ifPresent(job::setArrayIndex);
        from.number("uid").ifPresent(job::setUid);
        from.number("gid").ifPresent(job::setGid);
        from.smallNumber("restart_count").ifPresent(job::setRestartCount);
        from.number("submitted_at_ms").ifPresent(job::setSubmittedAtMs);
        boolean slurm = batchSystem.equals(SLURM);
        memory(from.text("requested_memory"), slurm).ifPresent(job::setRequestedMemoryBytes);
        memory(from.text("slot_memory"), slurm).ifPresent(job::setSlotMemoryBytes);
        wallTime(from.text("wall_time_limit"), slurm).ifPresent(job::setWallTimeLimitSeconds);
        String nodes = from.text("nodes");
        if (nodes != null) {
            job.addAllNodes(NodeList.expand(nodes));
        }
        cores(from, job, node);
        return job.build();
    }

    private static void texts(HandOver from, JobFacts.Builder job) {
        set(from.text("array_id"), job::setArrayId);
        set(from.text("name"), job::setName);
        set(from.text("user"), job::setUser);
        set(from.text("group"), job::setGroup);
        set(from.text("account"), job::setAccount);
        set(from.text("queue"), job::setQueue);
        set(from.text("work_directory"), job::setWorkDirectory);
        set(from.text("standard_output"), job::setStandardOutput);
        set(from.text("standard_error"), job::setStandardError);
        set(from.text("comment"), job::setComment);
        set(from.text("command"), job::setCommand);
    }

    private static void set(@Nullable String value, Consumer<String> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    /** Both keys may hold one number or Slurm's CPUs of every node. */
    private static void cores(HandOver from, JobFacts.Builder job, String node) {
        List<Integer> all = SlurmSpelling.cpusPerNode(from.text("requested_cores", ""));
        List<Integer> here = SlurmSpelling.cpusPerNode(from.text("slot_cores", ""));
        List<Integer> each = here.size() > 1 ? here : all;
        if (!all.isEmpty()) {
            job.setRequestedCores(all.stream().mapToInt(Integer::intValue).sum());
        } else if (here.size() > 1 || (here.size() == 1 && job.getNodesCount() == 1)) {
            job.setRequestedCores(here.stream().mapToInt(Integer::intValue).sum());
        }
        int place = job.getNodesList().indexOf(node);
        if (here.size() == 1) {
            job.setSlotCores(here.getFirst());
        } else if (each.size() > 1 && place >= 0 && place < each.size()) {
            job.setSlotCores(each.get(place));
        } else if (each.size() == 1 && job.getNodesCount() <= 1) {
            job.setSlotCores(each.getFirst());
        }
    }

    private static OptionalLong memory(@Nullable String text, boolean slurm) {
        return text == null ? OptionalLong.empty() : SlurmSpelling.memory(text, slurm ? 1 << 20 : 1);
    }

    /** A plain number is minutes for Slurm, seconds for everybody else. */
    private static OptionalLong wallTime(@Nullable String text, boolean slurm) {
        if (text == null) {
            return OptionalLong.empty();
        }
        return !slurm && text.matches("[0-9]{1,12}")
                ? OptionalLong.of(Long.parseLong(text))
                : SlurmSpelling.duration(text);
    }

    /** Puts into the facts what they lack and another source knows; what is known already stays. */
    static JobFacts complete(JobFacts known, JobFacts more) {
        JobFacts.Builder merged = more.toBuilder().mergeFrom(known);
        if (known.getNodesCount() > 0) {
            merged.clearNodes().addAllNodes(known.getNodesList());
        }
        return merged.build();
    }
}
