package org.slotwarden.agent.send;

/** Texts from elsewhere, made fit for one line of a log. */
final class LogText {

    private static final int MAX = 500;

    private LogText() {}

    static String clean(String text) {
        String cut = text.length() > MAX ? text.substring(0, MAX) + "..." : text;
        return cut.replaceAll("\\p{Cntrl}+", " ");
    }
}
