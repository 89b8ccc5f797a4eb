package org.slotwarden.judging.rule;

import java.util.regex.Pattern;

/** Words that come from people, made fit to stand in a line. */
final class RuleText {

    /** Control characters, and those that turn the direction of what follows. */
    private static final Pattern UNFIT = Pattern.compile("[\\p{Cntrl}\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069]");

    private RuleText() {}

    static boolean fit(String text) {
        return !UNFIT.matcher(text).find();
    }

    static String shortened(String text, int most) {
        String plain = UNFIT.matcher(text).replaceAll("?");
        return plain.length() <= most ? plain : plain.substring(0, most - 1) + "…";
    }
}
