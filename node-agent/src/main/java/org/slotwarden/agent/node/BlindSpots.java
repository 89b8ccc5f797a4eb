package org.slotwarden.agent.node;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.ProcFiles;

/** What the agent cannot see on this node with the rights it has, one sentence each. */
public final class BlindSpots {

    private BlindSpots() {}

    public static List<String> find(ProcFiles proc) {
        List<String> spots = new ArrayList<>();
        if (!"0".equals(effectiveUid(proc))) {
            spots.add("Not root: bytes read and written, open files and sockets of other users' processes.");
            spots.add("Not root: processes of other users that left their process tree.");
            String mounts = proc.text("self/mounts");
            if (mounts != null && hidesOthers(mounts)) {
                spots.add("/proc is mounted with hidepid: other users' processes are not seen at all.");
            }
        }
        return spots;
    }

    /** The user as whom we run, from the kernel: the environment is not asked. */
    public static @Nullable String effectiveUid(ProcFiles proc) {
        String status = proc.text("self/status");
        return status == null ? null : parseEffectiveUid(status);
    }

    static @Nullable String parseEffectiveUid(String status) {
        for (String line : status.split("\n", -1)) {
            String[] field = line.split("\\s+");
            if (field[0].equals("Uid:") && field.length > 2) {
                return field[2];
            }
        }
        return null;
    }

    static boolean hidesOthers(String mounts) {
        return mounts.lines()
                .map(line -> line.split(" "))
                .anyMatch(field -> field.length > 3
                        && field[1].equals("/proc")
                        && field[3].matches("(.*,)?hidepid=(1|2|4|noaccess|invisible|ptraceable)(,.*)?"));
    }
}
