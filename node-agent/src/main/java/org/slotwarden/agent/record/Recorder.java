package org.slotwarden.agent.record;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.wire.v1.JobSample;

/**
 * {@code record}: writes a row with the figures of a process, and of all that comes of it, once per interval
 * into the working directory, which is a folder for {@code replay}. It says {@code ready} on standard output
 * and closes it when the run may begin: the process that waits for it then becomes the command
 * (docs/record.md). It ends with that process and never ends it.
 */
public final class Recorder {

    /** Not as a name: the working directory's need not be text. */
    private static final Path HERE = Path.of("/proc/self/cwd");

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final JobSample NOTHING = JobSample.getDefaultInstance();

    private final RecordOptions options;
    private final PrintStream err;
    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));

    private Recorder(RecordOptions options, PrintStream err) {
        this.options = options;
        this.err = err;
    }

    /**
     * @param arguments what follows the word record
     * @return exit status: 0, or 2 when nothing could be recorded, and 1 when the recording broke off
     */
    public static int run(List<String> arguments, PrintStream out, PrintStream err) throws InterruptedException {
        RecordOptions options;
        try {
            options = RecordOptions.parse(arguments);
        } catch (RecordOptions.Invalid e) {
            err.println("record: " + e.getMessage());
            return 2;
        }
        // Standard error is the command's as well: what the probes would log does not belong there.
        System.setErr(new PrintStream(OutputStream.nullOutputStream(), false));
        return new Recorder(options, err).run(out);
    }

    private int run(PrintStream out) throws InterruptedException {
        try (RecordedJob job = new RecordedJob(options.process(), options.mark(), options.disk());
                FileChannel file = begin(job)) {
            return record(job, file, out);
        } catch (IOException e) {
            err.println("record: " + options.name() + " cannot be recorded: " + RecordingFolder.reason(e));
            return 2;
        }
    }

    private FileChannel begin(RecordedJob job) throws IOException, InterruptedException {
        Map<String, String> row = new HashMap<>(options.limits());
        job.openFileLimit().ifPresent(limit -> row.put("fd_limit", Long.toString(limit)));
        return new RecordingFolder(HERE).begin(options.name(), row);
    }

    private int record(RecordedJob job, FileChannel file, PrintStream out) throws InterruptedException, IOException {
        RecordingFolder.write(file, RunRow.header());
        PassedOutput output = new PassedOutput(proc, options.outputCounter());
        NodeBusy node = new NodeBusy(proc);
        node.look();
        // Of a command: what its launcher used before it becomes the command.
        JobSample before = options.attached() ? null : job.sample();
        RunRow rows = new RunRow(before == null ? NOTHING : before, !options.attached());
        long begin = System.nanoTime();
        out.println("ready");
        out.close();
        long interval = (long) (options.intervalSeconds() * 1e9);
        long end = (long) Math.min(options.forSeconds() * 1e9, Long.MAX_VALUE / 2.0);
        long next = options.attached() ? 0 : interval;
        double age = options.attached() ? job.age() : 0;
        while (next <= end && await(job, begin + next)) {
            JobSample sample = job.sample();
            double t = (job.readNanos() - begin) / 1e9 + age;
            if (sample != null && !append(file, rows.of(t, sample, output.bytes(), node.look()))) {
                return 1;
            }
            // A look that took longer than an interval leaves rows out, it does not hurry after them.
            next = Math.max(next, (System.nanoTime() - begin) / interval * interval) + interval;
        }
        return 0;
    }

    /** Waits for a moment of {@link System#nanoTime}; false when the process ends before. */
    private static boolean await(RecordedJob job, long moment) throws InterruptedException {
        while (job.lives()) {
            long left = moment - System.nanoTime();
            if (left <= 0) {
                return true;
            }
            TimeUnit.NANOSECONDS.sleep(Math.min(left, LOOK_NANOS));
        }
        return false;
    }

    private boolean append(FileChannel file, String row) {
        try {
            RecordingFolder.write(file, row);
            return true;
        } catch (IOException e) {
            @Nullable String why = e.getMessage();
            err.println("record: the recording of " + options.name() + " ends here: " + why);
            return false;
        }
    }
}
