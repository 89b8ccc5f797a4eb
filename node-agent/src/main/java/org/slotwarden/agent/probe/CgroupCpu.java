package org.slotwarden.agent.probe;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * CPU time of a cgroup since it was made: {@code cpu.stat} of version 2, {@code cpuacct.usage_user} and
 * {@code cpuacct.usage_sys} of version 1 (kernel documentation, admin-guide/cgroup-v2 and
 * cgroup-v1/cpuacct).
 */
public record CgroupCpu(double userSeconds, double systemSeconds) {

    /** Null when the folder does not count CPU time, or is gone. */
    public static @Nullable CgroupCpu read(Path cgroup) {
        ProcFiles files = new ProcFiles(cgroup);
        if (files.read("cpu.stat")) {
            CgroupCpu unified = parseUnified(files.bytes(), files.length());
            if (unified != null) {
                return unified;
            }
        }
        OptionalLong user = nanoseconds(files, "cpuacct.usage_user");
        OptionalLong system = nanoseconds(files, "cpuacct.usage_sys");
        return user.isEmpty() || system.isEmpty()
                ? null
                : new CgroupCpu(user.getAsLong() / 1e9, system.getAsLong() / 1e9);
    }

    static @Nullable CgroupCpu parseUnified(byte[] text, int length) {
        OptionalLong user = ProcText.numberAfter(text, length, "user_usec");
        OptionalLong system = ProcText.numberAfter(text, length, "system_usec");
        return user.isEmpty() || system.isEmpty()
                ? null
                : new CgroupCpu(user.getAsLong() / 1e6, system.getAsLong() / 1e6);
    }

    private static OptionalLong nanoseconds(ProcFiles files, String name) {
        String text = files.text(name);
        if (text == null) {
            return OptionalLong.empty();
        }
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return ProcText.number(bytes, bytes.length, 0);
    }
}
