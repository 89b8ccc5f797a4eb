package org.slotwarden.portal.policy;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Names, exact or with {@code *} for any characters. */
final class NamePatterns {

    static final int MOST = 200;
    private static final int LONGEST = 255;

    private NamePatterns() {}

    /** Without blanks around them. */
    static List<String> checked(String field, List<String> patterns) {
        if (patterns.size() > MOST) {
            throw new PolicyRefused(field, "may have at most " + MOST + " entries");
        }
        return patterns.stream()
                .map(pattern -> checked(field, pattern))
                .distinct()
                .toList();
    }

    private static String checked(String field, @Nullable String pattern) {
        String name = Objects.requireNonNullElse(pattern, "").strip();
        if (name.isEmpty() || name.length() > LONGEST || name.codePoints().anyMatch(Character::isISOControl)) {
            throw new PolicyRefused(field, "must be names of 1 to " + LONGEST + " characters, each on one line");
        }
        return name;
    }

    static boolean any(List<String> patterns, String name) {
        return patterns.stream().anyMatch(pattern -> matches(pattern, name));
    }

    /** In time that grows with the product of the lengths at most: users choose the names of jobs. */
    static boolean matches(String pattern, String name) {
        String[] parts = pattern.split("\\*", -1);
        if (parts.length == 1) {
            return name.equals(pattern);
        }
        if (!name.startsWith(parts[0])) {
            return false;
        }
        int at = parts[0].length();
        for (int i = 1; i < parts.length - 1; i++) {
            int found = name.indexOf(parts[i], at);
            if (found < 0) {
                return false;
            }
            at = found + parts[i].length();
        }
        String last = parts[parts.length - 1];
        return name.length() - at >= last.length() && name.endsWith(last);
    }
}
