package org.slotwarden.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was sent and what of it was acknowledged: for each node the steps. All else follows from the {@link Site}. Each
 * node is written by one thread, and all are read when the run is over.
 */
final class Told {

    private final Site site;
    private final BitSet[] sent;
    private final BitSet[] acknowledged;

    Told(Site site) {
        this.site = site;
        this.sent = new BitSet[site.nodes()];
        this.acknowledged = new BitSet[site.nodes()];
        for (int node = 0; node < site.nodes(); node++) {
            sent[node] = new BitSet();
            acknowledged[node] = new BitSet();
        }
    }

    Site site() {
        return site;
    }

    /** Steps of which the portal has seen something, perhaps. */
    BitSet sent(int node) {
        return sent[node];
    }

    /** Steps of which the portal said that it has stored all. */
    BitSet acknowledged(int node) {
        return acknowledged[node];
    }

    /** Whether all that was sent was acknowledged. */
    boolean complete() {
        return Arrays.equals(sent, acknowledged);
    }

    /** Whether the first step of each node was acknowledged. May be known a little late. */
    boolean allBegun() {
        return Arrays.stream(acknowledged).allMatch(steps -> steps.get(0));
    }

    /** The last one that any node has sent; -1: none. */
    int lastStep() {
        return Arrays.stream(sent).mapToInt(BitSet::length).max().orElse(0) - 1;
    }

    /** A text of a line for the site and a line for each node. */
    void save(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(String.join(
                " ",
                "site",
                Long.toString(site.seed()),
                Integer.toString(site.nodes()),
                Integer.toString(site.slots()),
                Long.toString(site.beginMs()),
                Integer.toString(site.intervalMs()),
                Integer.toString(site.jobSteps()),
                site.recorded()));
        for (int node = 0; node < site.nodes(); node++) {
            lines.add("node " + node + " acknowledged " + text(acknowledged[node]) + " sent " + text(sent[node]));
        }
        Files.write(file, lines, StandardCharsets.UTF_8);
    }

    static Told load(Path file) throws IOException {
        Told told = null;
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            String[] words = line.split(" ", 8);
            if (words[0].equals("site") && words.length == 8) {
                told = new Told(new Site(
                        Long.parseLong(words[1]),
                        Integer.parseInt(words[2]),
                        Integer.parseInt(words[3]),
                        Long.parseLong(words[4]),
                        Integer.parseInt(words[5]),
                        Integer.parseInt(words[6]),
                        words[7]));
            } else {
                add(told, words, file);
            }
        }
        if (told == null) {
            throw new IOException(file + " is no record of a run");
        }
        return told;
    }

    private static void add(@Nullable Told told, String[] words, Path file) throws IOException {
        if (told == null || words.length != 6 || !words[0].equals("node")) {
            throw new IOException(file + " is no record of a run");
        }
        int node = Integer.parseInt(words[1]);
        parse(words[3], told.acknowledged[node]);
        parse(words[5], told.sent[node]);
    }

    private static String text(BitSet steps) {
        StringBuilder text = new StringBuilder();
        for (int from = steps.nextSetBit(0); from >= 0; ) {
            int to = steps.nextClearBit(from);
            text.append(text.isEmpty() ? "" : ",").append(from).append('-').append(to - 1);
            from = steps.nextSetBit(to);
        }
        return text.isEmpty() ? "none" : text.toString();
    }

    private static void parse(String text, BitSet steps) {
        if (!text.equals("none")) {
            for (String stretch : text.split(",", -1)) {
                int dash = stretch.indexOf('-');
                steps.set(
                        Integer.parseInt(stretch.substring(0, dash)),
                        Integer.parseInt(stretch.substring(dash + 1)) + 1);
            }
        }
    }
}
