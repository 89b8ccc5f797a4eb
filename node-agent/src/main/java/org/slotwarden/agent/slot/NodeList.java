package org.slotwarden.agent.slot;

import java.util.ArrayList;
import java.util.List;

/**
 * Slurm's way to write many node names: {@code n[1-3,07-09],m5}, several brackets in a name included
 * (scontrol(1), "show hostnames"). The zeros in front of a range's first number give the width.
 */
final class NodeList {

    /** Names beyond this are left out. */
    static final int MAX_NODES = 10_000;

    private NodeList() {}

    /** In the order written. What cannot be understood stays as it is. */
    static List<String> expand(String list) {
        List<String> names = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= list.length(); i++) {
            char c = i < list.length() ? list.charAt(i) : ',';
            if (c == '[') {
                depth++;
            } else if (c == ']') {
                depth--;
            } else if (c == ',' && (depth <= 0 || i == list.length())) {
                if (i > start) {
                    expandName(list.substring(start, i), names);
                }
                start = i + 1;
            }
        }
        return names;
    }

    private static void expandName(String name, List<String> into) {
        int open = name.indexOf('[');
        int close = name.indexOf(']', open);
        if (open < 0 || close < 0) {
            add(name, into);
            return;
        }
        String before = name.substring(0, open);
        String after = name.substring(close + 1);
        for (String range : name.substring(open + 1, close).split(",")) {
            String[] ends = range.split("-", -1);
            if (ends.length > 2 || !ends[0].matches("[0-9]{1,9}") || !ends[ends.length - 1].matches("[0-9]{1,9}")) {
                add(name, into);
                return;
            }
            int last = Integer.parseInt(ends[ends.length - 1]);
            for (int i = Integer.parseInt(ends[0]); i <= last && into.size() < MAX_NODES; i++) {
                String digits = Integer.toString(i);
                expandName(before + "0".repeat(Math.max(0, ends[0].length() - digits.length())) + digits + after, into);
            }
        }
    }

    private static void add(String name, List<String> into) {
        if (into.size() < MAX_NODES) {
            into.add(name);
        }
    }
}
