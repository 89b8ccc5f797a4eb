package org.slotwarden.judging.replay;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Says what was wrong with the input, with file and line, the first few of each file. */
final class Problems {

    private static final int TOLD_PER_FILE = 5;

    private final PrintStream to;
    private final Map<Path, Integer> counts = new HashMap<>();

    Problems(PrintStream to) {
        this.to = to;
    }

    /**
     * @param line from 1 on; 0 for the file as a whole
     */
    void report(Path file, long line, String what) {
        int count = counts.merge(file, 1, Integer::sum);
        if (count <= TOLD_PER_FILE) {
            to.println(file + (line > 0 ? ":" + line : "") + ": " + printable(what));
        } else if (count == TOLD_PER_FILE + 1) {
            to.println(file + ": more of it follows, not told");
        }
    }

    /** Something worth telling that is no problem. */
    void note(Path file, String what) {
        to.println(file + ": " + printable(what));
    }

    boolean none() {
        return counts.isEmpty();
    }

    /** What comes from a file must not steer a terminal. */
    private static String printable(String text) {
        String shown = text.length() > 200 ? text.substring(0, 200) + "..." : text;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }
}
