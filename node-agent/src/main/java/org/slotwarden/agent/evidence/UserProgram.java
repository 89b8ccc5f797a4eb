package org.slotwarden.agent.evidence;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a small program of the system with the rights of a job's user and no others, and takes what it writes. It runs
 * outside the job's limits, so the user must not get hold of it: its real group is another one than its effective
 * group, of which the kernel makes a process that only root may trace or look into (ptrace(2), "Ptrace access mode
 * checking"; for the same reason {@code no_new_privs} is not set: execve(2) would make the two groups one). It can
 * make no other process, and has two seconds of CPU time.
 */
final class UserProgram {

    /** Of a user without a known group. */
    private static final long NO_GROUP = 65534;

    /** Real group, where that is already the effective one. */
    private static final long ANOTHER_GROUP = 65533;

    private static final List<String> LIMITS = List.of("prlimit", "--nproc=0:0", "--cpu=2:2", "--core=0:0", "--");

    private final long uid;
    private final long gid;
    private final long self;

    /**
     * @param gid the effective group; null: not known
     * @param self the user whom this process is
     */
    UserProgram(long uid, @Nullable Long gid, long self) {
        this.uid = uid;
        this.gid = gid == null ? NO_GROUP : gid;
        this.self = self;
    }

    long uid() {
        return uid;
    }

    /**
     * What a program writes: less than a pipe holds, or it waits for us in vain.
     *
     * @param until on the clock of {@link System#nanoTime}
     * @throws Unreadable when it cannot run, fails, or is not done by then
     */
    byte[] output(long until, String... program) throws Unreadable {
        List<String> command = command();
        command.addAll(List.of(program));
        return run(command, until);
    }

    /** What goes before the program and its arguments. */
    List<String> command() throws Unreadable {
        List<String> command = new ArrayList<>();
        if (self == 0 && uid != 0) {
            command.addAll(List.of(
                    "setpriv",
                    "--reuid=" + uid,
                    "--rgid=" + (gid == NO_GROUP ? ANOTHER_GROUP : NO_GROUP),
                    "--egid=" + gid,
                    "--clear-groups",
                    "--inh-caps=-all",
                    "--bounding-set=-all",
                    "--"));
        } else if (self != uid) {
            throw new Unreadable("cannot be read: the agent runs as another user");
        }
        command.addAll(LIMITS);
        return command;
    }

    static byte[] run(List<String> command, long until) throws Unreadable {
        Process child = null;
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().clear();
            builder.environment().put("PATH", "/usr/bin:/bin");
            child = builder.start();
            if (!child.waitFor(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                throw new Unreadable("did not answer");
            }
            if (child.exitValue() != 0) {
                throw new Unreadable("cannot be read by the job's user");
            }
            InputStream in = child.getInputStream();
            // Not to the end of the pipe: somebody else may hold it open for ever.
            return in.readNBytes(in.available());
        } catch (Unreadable e) {
            throw e;
        } catch (IOException e) {
            throw new Unreadable("cannot be read: setpriv or prlimit does not run");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreadable("did not answer");
        } finally {
            if (child != null) {
                child.destroyForcibly(); // lets go of its pipe as well
            }
        }
    }
}
