package org.slotwarden.judging.replay;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.JudgeSettings;

/**
 * What the command line of {@code replay} says.
 *
 * @param rules file with rules of the site; null: none
 */
record Options(
        Path folder,
        boolean explain,
        JudgeSettings settings,
        @Nullable Path rules) {

    static final String USAGE =
            "usage: slotwarden replay FOLDER [--rules FILE] [--explain] [--set GROUP.NAME=VALUE]...";

    /** @throws IllegalArgumentException with what is wrong, in a line for people */
    static Options of(String... arguments) {
        List<String> folders = new ArrayList<>();
        Map<String, String> set = new LinkedHashMap<>();
        Path rules = null;
        boolean explain = false;
        for (int i = 0; i < arguments.length; i++) {
            String word = arguments[i];
            if (word.equals("--explain")) {
                explain = true;
            } else if (word.equals("--set")) {
                String[] pair = i + 1 < arguments.length ? arguments[++i].split("=", 2) : new String[0];
                if (pair.length < 2) {
                    throw new IllegalArgumentException("--set needs GROUP.NAME=VALUE");
                }
                set.put(pair[0].strip(), pair[1]);
            } else if (word.equals("--rules")) {
                if (rules != null || i + 1 == arguments.length) {
                    throw new IllegalArgumentException("--rules needs one FILE");
                }
                rules = Path.of(arguments[++i]);
            } else if (word.startsWith("--")) {
                throw new IllegalArgumentException("unknown option " + word + "; " + USAGE);
            } else {
                folders.add(word);
            }
        }
        if (folders.size() != 1) {
            throw new IllegalArgumentException(USAGE);
        }
        Path folder = Path.of(folders.getFirst());
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(folder + ": no such folder");
        }
        return new Options(folder, explain, JudgeSettings.defaults().with(set), rules);
    }
}
