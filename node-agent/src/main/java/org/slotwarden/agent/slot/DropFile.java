package org.slotwarden.agent.slot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.slotwarden.agent.probe.Owner;
import org.slotwarden.wire.v1.JobFacts;

/**
 * What a task prologue, run as the job's user, left in the drop directory. Only a regular file of that
 * user is taken, links are not followed, and only name and array are believed.
 */
final class DropFile {

    private static final int MAX_BYTES = 64 << 10;

    private DropFile() {}

    /** Empty when there is none, or none that may be believed; a file that was taken is removed. */
    static Optional<JobFacts> take(Path drop, JobFacts job) {
        if (!job.hasUid() || job.getJobId().contains("/")) {
            return Optional.empty();
        }
        Path file = drop.resolve(job.getJobId() + "." + job.getUid());
        try {
            Map<String, Object> attributes =
                    Files.readAttributes(file, "unix:uid,size,isRegularFile", LinkOption.NOFOLLOW_LINKS);
            boolean believed = Boolean.TRUE.equals(attributes.get("isRegularFile"))
                    && Owner.is(attributes.get("uid"), job.getUid())
                    && ((Number) attributes.getOrDefault("size", 0L)).longValue() <= MAX_BYTES;
            if (!believed) {
                return Optional.empty();
            }
            // Between the look and the opening the user can only put another file of theirs in its
            // place: nobody but its owner may rename in a sticky directory.
            try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                HandOver left = HandOver.parse(in.readNBytes(MAX_BYTES), Instant.EPOCH);
                Files.delete(file);
                return Optional.of(facts(left));
            }
        } catch (IOException e) {
            // Mostly: there is none. It is optional, and what is wrong with it is the user's affair.
            return Optional.empty();
        }
    }

    private static JobFacts facts(HandOver left) {
        JobFacts.Builder facts = JobFacts.newBuilder();
        String name = left.text("name");
        String arrayId = left.text("array_id");
        if (name != null) {
            facts.setName(name);
        }
        if (arrayId != null && arrayId.matches("[0-9]{1,10}")) {
            facts.setArrayId(arrayId);
        }
        left.number("array_index").ifPresent(facts::setArrayIndex);
        return facts.build();
    }
}
