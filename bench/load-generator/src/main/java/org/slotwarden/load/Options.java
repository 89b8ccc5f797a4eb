package org.slotwarden.load;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Words of the command line: {@code --name value}, or {@code --name} alone for a switch. */
final class Options {

    private final Map<String, String> values = new LinkedHashMap<>();

    /** @throws IllegalArgumentException for an option that nobody knows or that lacks its value */
    Options(String[] words, int from, Set<String> known, Set<String> switches) {
        for (int i = from; i < words.length; i++) {
            String name = words[i].startsWith("--") ? words[i].substring(2) : "";
            if (switches.contains(name)) {
                values.put(name, "yes");
            } else if (known.contains(name) && i + 1 < words.length) {
                values.put(name, words[++i]);
            } else {
                throw new IllegalArgumentException("not known, or without its value: " + words[i]);
            }
        }
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    @Nullable
    String get(String name) {
        return values.get(name);
    }

    String get(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    String need(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("--" + name + " is missing");
        }
        return value;
    }

    int number(String name, int otherwise) {
        return (int) real(name, otherwise);
    }

    double real(String name, double otherwise) {
        String value = values.get(name);
        try {
            return value == null ? otherwise : Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " is no number: " + value, e);
        }
    }
}
