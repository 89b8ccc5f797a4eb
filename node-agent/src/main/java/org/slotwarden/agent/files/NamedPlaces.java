package org.slotwarden.agent.files;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.ProcFiles;

/**
 * Places that a job names in the environment of its processes: {@code TMPDIR} and
 * {@code SLOTWARDEN_PROGRESS}. Reading it waits for the process's memory map, which may be locked for long.
 */
record NamedPlaces(@Nullable String scratch, @Nullable String progress) {

    private static final NamedPlaces NONE = new NamedPlaces(null, null);
    private static final int LONGEST = 4096;
    private static final String SCRATCH = "TMPDIR=";
    private static final String PROGRESS = "SLOTWARDEN_PROGRESS=";

    static NamedPlaces read(ProcFiles proc, int process, long uid) {
        if (process <= 0 || !proc.read(process + "/environ")) {
            return NONE;
        }
        // The process, or another one that got its pid meanwhile: this user's it must be.
        return proc.belongsTo(process, uid) ? parse(proc.bytes(), proc.length()) : NONE;
    }

    static NamedPlaces parse(byte[] environment, int length) {
        String scratch = null;
        String progress = null;
        int start = 0;
        for (int i = 0; i < length; i++) {
            if (environment[i] != 0) {
                continue;
            }
            if (i - start <= LONGEST && (environment[start] == 'T' || environment[start] == 'S')) {
                String variable = new String(environment, start, i - start, StandardCharsets.UTF_8);
                if (scratch == null && variable.startsWith(SCRATCH + "/")) {
                    scratch = variable.substring(SCRATCH.length());
                } else if (progress == null && variable.startsWith(PROGRESS)) {
                    progress = variable.substring(PROGRESS.length());
                }
            }
            start = i + 1;
        }
        return new NamedPlaces(scratch, progress);
    }
}
