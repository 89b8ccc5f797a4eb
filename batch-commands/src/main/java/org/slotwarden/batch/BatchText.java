package org.slotwarden.batch;

import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * What a batch system is to show with a job: one line of letters, digits and a few signs of ASCII, so that no program
 * that passes it on takes a part of it for something else. It never begins with a dash.
 */
public final class BatchText {

    /** Characters of the whole. */
    public static final int MOST = 200;

    static final String BEGIN = "slotwarden: ";
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern OTHER = Pattern.compile("[^A-Za-z0-9 .,:/+()%_@-]");
    private static final Pattern BLANKS = Pattern.compile(" {2,}");

    private BatchText() {}

    /**
     * Such as "slotwarden: memory leak, policy 7".
     *
     * @param reason of whoever ordered
     * @param author who that is
     */
    public static String of(String reason, String author) {
        String by = ", " + cut(clean(author), MOST / 4);
        return BEGIN + cut(clean(reason), MOST - BEGIN.length() - by.length()) + by;
    }

    private static String clean(String text) {
        String plain =
                MARKS.matcher(Normalizer.normalize(text, Normalizer.Form.NFKD)).replaceAll("");
        return BLANKS.matcher(OTHER.matcher(plain).replaceAll(" "))
                .replaceAll(" ")
                .strip();
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most);
    }
}
