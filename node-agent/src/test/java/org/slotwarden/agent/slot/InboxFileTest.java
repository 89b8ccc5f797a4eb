package org.slotwarden.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in an inbox beside whole files. */
class InboxFileTest {

    private final Instant now = Instant.now();

    @Test
    void whatAHookLeftUnfinishedIsSweptWhenItIsOldAndItsHookIsGone(@TempDir Path inbox) throws Exception {
        Path old = file(inbox, "999999999.tmp", 7200);
        Path again = file(inbox, "999999999-1.tmp", 7200);
        Path young = file(inbox, "999999998.tmp", 60);
        Path running = file(inbox, ProcessHandle.current().pid() + ".tmp", 7200);
        Path whole = file(inbox, "999999997.prologue", 7200);
        Path folder = Files.createDirectories(inbox.resolve("x.tmp/y")).getParent();
        Files.setLastModifiedTime(folder, FileTime.from(now.minusSeconds(7200)));
        InboxFile.sweep(inbox, now);
        assertThat(old).doesNotExist();
        assertThat(again).doesNotExist();
        assertThat(young).exists();
        assertThat(running).exists();
        assertThat(whole).exists();
        assertThat(folder).as("not ours, and no reason to stop").exists();
    }

    private Path file(Path inbox, String name, long ageSeconds) throws Exception {
        Path file = Files.writeString(inbox.resolve(name), "");
        Files.setLastModifiedTime(file, FileTime.from(now.minusSeconds(ageSeconds)));
        return file;
    }
}
