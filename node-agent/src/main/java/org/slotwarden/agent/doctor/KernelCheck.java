package org.slotwarden.agent.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.node.BlindSpots;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcText;

/** What this kernel tells, and what of it we may read. */
final class KernelCheck {

    private static final int ENOUGH_FILES = 4096;

    private final ProcFiles proc;
    private final ProcFiles sys;

    KernelCheck(ProcFiles proc, ProcFiles sys) {
        this.proc = proc;
        this.sys = sys;
    }

    List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        rights(findings);
        String release = text("sys/kernel/osrelease");
        findings.add(Finding.ok(
                "kernel",
                release
                        + (since(release, 6, 2)
                                ? ", tells the number of open files at once"
                                : ", open files are counted one by one (cheap only from 6.2)")));
        cgroups(findings);
        file(findings, "pressure", "pressure/cpu", "time spent waiting for resources", "boot with psi=1");
        file(findings, "schedstat", "self/schedstat", "time spent waiting for a core", null);
        file(findings, "process I/O", "self/io", "bytes that a process reads and writes", null);
        file(findings, "smaps_rollup", "self/smaps_rollup", "proportional memory (PSS)", null);
        findings.add(Finding.ok("delay accounting", "not used"));
        descriptors(findings);
        return findings;
    }

    private void rights(List<Finding> findings) {
        List<String> spots = BlindSpots.find(proc);
        if (spots.isEmpty()) {
            findings.add(Finding.ok("rights", "root, sees all processes whatever hidepid says"));
        }
        spots.forEach(spot -> findings.add(Finding.warn("rights", "not seen: " + spot, "let the hooks run as root")));
    }

    private void cgroups(List<Finding> findings) {
        String controllers = sys.text("fs/cgroup/cgroup.controllers");
        String[] version1 = sys.list("fs/cgroup");
        if (controllers != null) {
            findings.add(Finding.ok("cgroups", "version 2, controllers: " + controllers.strip()));
        } else if (version1 != null && version1.length > 0) {
            findings.add(Finding.ok("cgroups", "version 1: " + String.join(" ", List.of(version1))));
        } else {
            findings.add(Finding.absent(
                    "cgroups", "none in /sys/fs/cgroup", "jobs are then told by group, environment and process tree"));
        }
    }

    private void file(List<Finding> findings, String topic, String path, String what, @Nullable String hint) {
        boolean there = proc.read(path) && proc.length() > 0;
        findings.add(
                there
                        ? Finding.ok(topic, what)
                        : Finding.absent(topic, "/proc/" + path + " cannot be read: without " + what, hint));
    }

    private void descriptors(List<Finding> findings) {
        OptionalLong most = proc.read("self/limits")
                ? ProcText.numberAfter(proc.bytes(), proc.length(), "Max open files")
                : OptionalLong.empty();
        if (most.isPresent() && most.getAsLong() < ENOUGH_FILES) {
            findings.add(Finding.warn(
                    "open files",
                    "the limit is " + most.getAsLong(),
                    "raise it where hooks run (slurmd: LimitNOFILE) for nodes with thousands of processes"));
        } else if (most.isPresent()) {
            findings.add(Finding.ok("open files", "the limit is " + most.getAsLong()));
        }
    }

    private String text(String path) {
        String text = proc.text(path);
        return text == null ? "unknown" : text.strip();
    }

    static boolean since(String release, int major, int minor) {
        var matcher = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4}).*").matcher(release);
        if (!matcher.matches()) {
            return false;
        }
        int first = Integer.parseInt(matcher.group(1));
        return first > major || (first == major && Integer.parseInt(matcher.group(2)) >= minor);
    }
}
