package org.slotwarden.agent.send;

/** Texts from elsewhere, made fit for one line of a log. */
public final class LogText {

    private static final int MAX = 500;

    private LogText() {}

    public static String clean(String text) {
        String cut = text.length() > MAX ? text.substring(0, MAX) + "..." : text;
        return cut.replaceAll("\\p{Cntrl}+", " ");
    }
}
