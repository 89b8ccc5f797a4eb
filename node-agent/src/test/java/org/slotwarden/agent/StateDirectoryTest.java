package org.slotwarden.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.probe.ProcFiles;

/** Directories that are not what they should be. */
class StateDirectoryTest {

    private final Path root;

    StateDirectoryTest(@TempDir Path folder) {
        this.root = folder.resolve("a/state");
    }

    @Test
    void isMadeForItsOwnerOnlyAndClosedWhereItWasOpen() throws Exception {
        StateDirectory.prepare(root);
        Files.setPosixFilePermissions(root.resolve("inbox"), PosixFilePermissions.fromString("rwxr-xr-x"));
        StateDirectory.prepare(root);
        for (Path folder : new Path[] {root, root.resolve("inbox"), root.resolve("slots")}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void aLinkIsRefused(@TempDir Path elsewhere) throws Exception {
        Files.createDirectories(requireNonNull(root.getParent()));
        Files.createSymbolicLink(root, elsewhere);
        assertThatThrownBy(() -> StateDirectory.prepare(root))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("state is a symbolic link");
        Files.delete(root);
        StateDirectory.prepare(root);
        Files.delete(root.resolve("slots"));
        Files.createSymbolicLink(root.resolve("slots"), elsewhere);
        assertThatThrownBy(() -> StateDirectory.prepare(root)).hasMessageContaining("slots is a symbolic link");
        Files.delete(root.resolve("slots"));
        Files.createFile(root.resolve("slots"));
        assertThatThrownBy(() -> StateDirectory.prepare(root)).hasMessageContaining("slots is no directory");
        Files.createSymbolicLink(root.resolve("agent.lock"), elsewhere.resolve("planted"));
        assertThatThrownBy(() -> StateDirectory.tryAcquire(root)).isInstanceOf(IOException.class);
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void anAgentThatCannotSayWhoItIsGoesOn() throws Exception {
        StateDirectory.prepare(root);
        Files.createDirectories(root.resolve("agent.pid/in-the-way"));
        try (StateDirectory state = requireNonNull(StateDirectory.tryAcquire(root))) {
            Main.writePid(state, new ProcFiles(Path.of("/proc")));
            assertThat(root.resolve("agent.pid")).isDirectory();
        }
    }

    @Test
    void somebodyElsesIsRefused() throws Exception {
        StateDirectory.prepare(root);
        Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        assertThat(self).as("only root can give a directory away").isEqualTo(0);
        Files.setAttribute(root.resolve("inbox"), "unix:uid", 65_534, LinkOption.NOFOLLOW_LINKS);
        assertThatThrownBy(() -> StateDirectory.prepare(root))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("inbox belongs to user 65534, the agent is user 0");
    }

    @Test
    void isRemovedOnlyWhenNobodyNeedsWhatIsInIt() throws Exception {
        StateDirectory.prepare(root);
        try (StateDirectory state = requireNonNull(StateDirectory.tryAcquire(root))) {
            Path left = Files.createFile(root.resolve("inbox/9.epilogue"));
            assertThat(state.removeIfDone()).isFalse();
            assertThat(left).exists();
            StateDirectory.prepare(root);
            Files.delete(left);
            assertThat(state.removeIfDone()).isTrue();
        }
        assertThat(root).doesNotExist();
    }

    @Test
    void twoDirectoriesHaveAnAgentEach(@TempDir Path other) throws Exception {
        StateDirectory.prepare(root);
        StateDirectory.prepare(other);
        try (StateDirectory one = requireNonNull(StateDirectory.tryAcquire(root));
                StateDirectory two = requireNonNull(StateDirectory.tryAcquire(other))) {
            assertThat(one.root()).isNotEqualTo(two.root());
        }
    }
}
