package org.slotwarden.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.JobFacts;

class DropFileTest {

    private final Path drop;
    private final int uid;

    DropFileTest(@TempDir Path drop) throws Exception {
        this.drop = drop;
        this.uid = (int) Files.getAttribute(drop, "unix:uid");
    }

    private JobFacts job(long owner) {
        return JobFacts.newBuilder().setJobId("7").setUid(owner).build();
    }

    private Path write(String content) throws Exception {
        return Files.writeString(drop.resolve("7." + uid), content);
    }

    @Test
    void nameAndArrayAreTakenAndNothingElse() throws Exception {
        Path file = write("name=a\nb\0array_id=5\0array_index=2\0account=x\0uid=0\0");
        assertThat(DropFile.take(drop, job(uid)))
                .hasValue(JobFacts.newBuilder()
                        .setName("a\nb")
                        .setArrayId("5")
                        .setArrayIndex(2)
                        .build());
        assertThat(file).doesNotExist();
        assertThat(DropFile.take(drop, job(uid))).isEmpty();
    }

    @Test
    void aFileOfAnotherUserIsNotBelieved() throws Exception {
        Files.move(write("name=x\0"), drop.resolve("7." + (uid + 1)));
        assertThat(DropFile.take(drop, job(uid + 1))).isEmpty();
    }

    @Test
    void linksFoldersAndTooMuchAreNotBelieved() throws Exception {
        Path other = Files.writeString(drop.resolve("other"), "name=x\0");
        Path file = drop.resolve("7." + uid);
        Files.createSymbolicLink(file, other);
        assertThat(DropFile.take(drop, job(uid))).isEmpty();
        Files.delete(file);
        Files.createDirectory(file);
        assertThat(DropFile.take(drop, job(uid))).isEmpty();
        Files.delete(file);
        write("name=x\0" + "y".repeat(64 << 10));
        assertThat(DropFile.take(drop, job(uid))).isEmpty();
    }
}
