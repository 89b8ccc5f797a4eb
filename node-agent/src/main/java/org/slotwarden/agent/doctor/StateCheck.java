package org.slotwarden.agent.doctor;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcText;
import org.slotwarden.agent.probe.ProcessStat;

/** The directory that hooks and agent share, and who works in it. */
final class StateCheck {

    private static final Set<String> REMOTE =
            Set.of("nfs", "nfs4", "cifs", "smb3", "lustre", "gpfs", "beegfs", "ceph", "afs", "9p", "panfs");
    private static final long LITTLE = 100L << 20;

    private final Path state;
    private final ProcFiles proc;

    StateCheck(Path state, ProcFiles proc) {
        this.state = state;
        this.proc = proc;
    }

    List<Finding> look() throws IOException {
        List<Finding> findings = new ArrayList<>();
        if (!Files.exists(state, LinkOption.NOFOLLOW_LINKS)) {
            findings.add(
                    canBeMade()
                            ? Finding.ok("state", state + " will be made by the first hook")
                            : Finding.fail("state", state + " is not there and cannot be made by us", "run as root"));
            return findings;
        }
        findings.add(directory());
        FileStore store = Files.getFileStore(state);
        findings.add(fileSystem(store.type(), store.getUsableSpace()));
        findings.add(agent());
        findings.add(waiting());
        return findings;
    }

    private boolean canBeMade() {
        Path parent = state.getParent();
        while (parent != null && !Files.exists(parent)) {
            parent = parent.getParent();
        }
        return parent != null && Files.isDirectory(parent) && Files.isWritable(parent);
    }

    private Finding directory() {
        if (!Files.isDirectory(state, LinkOption.NOFOLLOW_LINKS)) {
            return Finding.fail("state", state + " is no directory", "remove it, or name another as state");
        }
        try {
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(state));
            if (!mode.endsWith("------")) {
                return Finding.fail("state", state + " is open to others (" + mode + ")", "chmod 700 " + state);
            }
            Files.delete(Files.createTempFile(state, "doctor", ".tmp"));
            return Finding.ok("state", state + ", writable, for its owner only");
        } catch (IOException e) {
            return Finding.fail(
                    "state", state + " cannot be written: " + e, "is it full, read-only or somebody else's?");
        }
    }

    private static Finding fileSystem(String type, long free) {
        String text = type + ", " + (free >> 20) + " MiB free";
        if (REMOTE.contains(type) || type.startsWith("fuse")) {
            return Finding.warn(
                    "file system",
                    text,
                    "put the state directory on a local disk: a server that hangs stops the hooks");
        }
        if (type.equals("tmpfs") || type.equals("ramfs")) {
            return Finding.warn(
                    "file system", text, "what is not sent is lost when the node goes down, and it uses memory");
        }
        return free < LITTLE
                ? Finding.warn("file system", text, "reports wait in memory when it is full, and are thinned")
                : Finding.ok("file system", text);
    }

    private Finding agent() {
        String text = new ProcFiles(state).text("agent.pid");
        String[] field = text == null ? new String[0] : text.strip().split(" ");
        if (field.length != 2 || !field[0].matches("[0-9]{1,10}")) {
            return Finding.ok("agent", "none runs; the first hook starts it");
        }
        ProcessStat process = ProcessStat.read(proc, field[0]);
        if (process == null || ProcText.wholeNumber(field[1]).orElse(-1) != process.startTicks()) {
            return Finding.warn(
                    "agent", "none runs, although one did not take its leave", "the next hook starts another");
        }
        return Finding.ok("agent", "runs as process " + field[0] + since(process));
    }

    private String since(ProcessStat process) {
        if (!proc.read("stat")) {
            return "";
        }
        var booted = ProcText.numberAfter(proc.bytes(), proc.length(), "btime");
        long seconds = (long) KernelUnits.read(proc).seconds(process.startTicks());
        return booted.isPresent() ? " since " + Instant.ofEpochSecond(booted.getAsLong() + seconds) : "";
    }

    private Finding waiting() throws IOException {
        long slots = 0;
        long bytes = 0;
        try (Stream<Path> files = Files.walk(state, 3)) {
            for (Path file : files.toList()) {
                if (Path.of("slots").equals(state.relativize(file).getParent())) {
                    slots++;
                }
                if (file.toString().contains("spool")) {
                    BasicFileAttributes attributes =
                            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                    bytes += attributes.isRegularFile() ? attributes.size() : 0;
                }
            }
        }
        return Finding.ok("slots", slots + " slots, " + bytes + " bytes of reports on disk");
    }
}
