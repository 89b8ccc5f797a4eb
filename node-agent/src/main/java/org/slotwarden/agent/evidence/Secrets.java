package org.slotwarden.agent.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hides what looks like a secret in a command line or in output. It knows common spellings, not all: who must be
 * sure sends no texts at all ({@link EvidenceScope}). Repetitions in the patterns are bounded, because users
 * write the text.
 */
final class Secrets {

    private static final String HIDDEN = "***";

    private static final String NAMES =
            "passw(?:or)?d|passphrase|pwd(?![\\w.-]{0,40}[\"']?[ \\t]{0,4}[=:][ \\t]{0,4}[\"']?/)"
                    + "|secret|token(?!s)|credential|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key";

    /** Also DB_PASS and SSHPASS, but neither "bypass" nor "passes". */
    private static final String WORD =
            "(?:" + NAMES + "|(?:[a-z0-9]_|\\b(?:ssh|db|my|pg|ldap|root|user|ftp|smtp|mail|key|store))pass(?![a-z]))";

    private static final String QUOTED =
            "\"[^\"\\\\\\n]{0,4000}+(?:\\\\.[^\"\\\\\\n]{0,4000}+){0,20}\"?|'[^'\\n]{0,4000}+'?";
    private static final String VALUE = "(?:" + QUOTED + "|[^\\s\"']\\S{0,4000}+)";

    /** How often tests passed, and which pass of a program it is. */
    private static final String NO_COUNT = "(?!\\d{1,9}(?:[./%]\\S{0,20})?(?:[\\s,;)\\]}]|$))";

    private static final String CURL = "\\b(?:curl|wget|https?)\\b[^\\n]{0,400}?[ \\t]";
    private static final String ACCOUNT = "(?:-[a-z]{0,8}u|--(?:proxy-)?user)[ \\t=]{0,4}";

    private record Hide(Pattern pattern, String by) {

        static Hide of(String expression) {
            return new Hide(Pattern.compile(expression, Pattern.CASE_INSENSITIVE | Pattern.MULTILINE), "$1" + HIDDEN);
        }
    }

    private static final List<Hide> ALL = List.of(
            // Bearer before the names, which would take "Bearer" for the value of "Authorization: token".
            Hide.of("(\\b(?:bearer|basic)\\s{1,4})[a-z0-9+/_.=~-]{8,4000}+"),
            Hide.of("(\\bauthorization[\"']?[=:][ \\t]{0,4}[\"']?(?:[a-z]{1,20}[ \\t]{1,4})?)[^\\s\"']{1,4000}+"),
            // All that follows: a cookie is several, one of them the session.
            Hide.of("(\\b(?:set-)?cookie2?[\"']?:[ \\t]{0,4}[\"']?)[^\\r\\n\"']{1,4000}+"),
            // password: two words
            Hide.of("((?:passw(?:or)?d|passphrase)[\"']?[ \\t]{0,4}:[ \\t]{1,4})[^\\s\"'][^\\r\\n]{0,400}+"),
            // password=x, DB_PASSWORD: x, "api-key": "x"
            Hide.of("(" + WORD + "[\\w.-]{0,40}[\"']?[ \\t]{0,4}[=:][ \\t]{0,4})" + VALUE),
            // --password x
            Hide.of("((?:^|\\s)--?[\\w-]{0,40}(?:" + NAMES + ")[\\w-]{0,40}[ \\t]{1,4})(?!-)" + VALUE),
            // pass=x, --db-pass=x, --pass x, -passin pass:x, and pass: x in a file of settings
            Hide.of("((?:^|[\\s\"'{,;(\\[-])pass[\"']?[ \\t]{0,4}=[ \\t]{0,4})" + NO_COUNT + VALUE),
            Hide.of("((?:^|\\s)--?(?:[\\w-]{0,40}[_-])?pass[ \\t]{1,4})(?!-)" + NO_COUNT + VALUE),
            Hide.of("((?:^[ \\t]{0,40}(?-i:pass):[ \\t]{1,4}|[\"'](?-i:pass)[\"'][ \\t]{0,4}:[ \\t]{0,4}"
                    + "|(?<![\\w.-])(?-i:pass):(?=\\S)))" + NO_COUNT + VALUE),
            Hide.of("(\\bsshpass[ \\t]{1,4}-p[ \\t]{0,4})" + VALUE),
            Hide.of("(\\b(?:mysql|mariadb)[\\w-]{0,20}\\b[^\\n]{0,400}?[ \\t]-p)(?:" + QUOTED + "|\\S{1,400}+)"),
            // curl -u ada:x, -sSu "ada:two words", --proxy-user ada:x, -b sid=x
            Hide.of("(" + CURL + ACCOUNT + "[\"'][^\"':\\n]{1,100}:)[^\"'\\n]{1,400}+"),
            Hide.of("(" + CURL + ACCOUNT + "[^\\s:\"']{1,100}:)[^\\s\"']{1,400}+"),
            Hide.of("(" + CURL + "(?:-b|--cookie)[ \\t=]{0,4})(?=[\"']?[^\\s\"'=]{1,200}=)" + VALUE),
            // https://user:x@host
            Hide.of("(://[^\\s/:@]{0,100}:)[^\\s/@]{1,400}(?=@)"),
            // Amazon, GitHub, GitLab, Slack, JSON Web Token
            Hide.of("()\\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[a-z0-9]{20,255}|glpat-[\\w-]{20,100}"
                    + "|xox[abprs]-[\\w-]{10,200}|eyJ[\\w-]{10,2000}\\.[\\w-]{10,2000}\\.[\\w-]{5,1000})"));

    private static final Pattern KEY_EDGE =
            Pattern.compile("-----(BEGIN|END) [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----");

    /** As of a key; numbers, words and sequences of genes are others. */
    private static final Pattern BASE64 =
            Pattern.compile("(?=\\S{0,76}[a-z])(?=\\S{0,76}[A-Z])(?=\\S{0,76}[0-9])[A-Za-z0-9+/]{60,76}={0,2}\\r?\\n?");

    /** So many such lines are a key of which neither edge is to be seen. */
    private static final int LINES_OF_A_KEY = 3;

    private static final Pattern LINE = Pattern.compile("[^\\n]*+\\n|[^\\n]++");

    private static final Pattern SECRET_OPTION = Pattern.compile(
            "--?[\\w-]{0,40}(?:" + NAMES + "|(?<![a-z])pass(?![a-z]))[\\w-]{0,40}", Pattern.CASE_INSENSITIVE);

    private static final Pattern SECRET_SETTING = Pattern.compile(
            "(-{0,2}[\\w.-]{0,40}" + WORD + "[\\w.-]{0,40}=).+", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Pattern SETTING =
            Pattern.compile("(--?[\\w.-]{1,100}=|\\w{1,100}=|-[A-Za-z])(.+)", Pattern.DOTALL);

    private static final Pattern SMALL_NUMBER = Pattern.compile("\\d{1,2}");

    private Secrets() {}

    static String hide(String text) {
        String hidden = hideLines(hideKeys(text));
        for (Hide one : ALL) {
            hidden = one.pattern.matcher(hidden).replaceAll(one.by);
        }
        return hidden;
    }

    /** From an edge to the other one, or to where the text was cut: either edge may be missing. */
    private static String hideKeys(String text) {
        Matcher edge = KEY_EDGE.matcher(text);
        StringBuilder told = new StringBuilder(text.length());
        int from = 0;
        boolean within = false;
        for (boolean first = true; edge.find(); first = false) {
            boolean begin = edge.group(1).equals("BEGIN");
            boolean key = within || (first && !begin);
            told.append(key ? HIDDEN : text.substring(from, edge.start())).append(edge.group());
            from = edge.end();
            within = begin;
        }
        return told.append(within ? HIDDEN : text.substring(from)).toString();
    }

    private static String hideLines(String text) {
        StringBuilder told = new StringBuilder(text.length());
        int run = 0;
        int begin = 0;
        for (String line : (Iterable<String>) LINE.matcher(text).results().map(MatchResult::group)::iterator) {
            run = BASE64.matcher(line).matches() ? run + 1 : 0;
            begin = run == 1 ? told.length() : begin;
            told.append(line);
            if (run >= LINES_OF_A_KEY) {
                told.setLength(begin);
                told.append(HIDDEN).append('\n');
            }
        }
        return told.toString();
    }

    /**
     * A command line without its secrets. Arguments with blanks are told in quotes.
     *
     * @param arguments each ended by a NUL, as the kernel tells them; the last one may be cut off
     */
    static String hideArguments(String arguments) {
        String[] all = arguments.split("\0");
        if (all.length == 1) {
            return hide(all[0]).strip(); // or a title that the process gave itself
        }
        List<String> told = new ArrayList<>(all.length);
        boolean secret = false;
        for (String argument : all) {
            boolean value =
                    !argument.startsWith("-") && !SMALL_NUMBER.matcher(argument).matches();
            Matcher setting = SECRET_SETTING.matcher(argument);
            told.add(secret && value ? HIDDEN : setting.matches() ? setting.group(1) + HIDDEN : quoted(argument));
            secret = SECRET_OPTION.matcher(argument).matches();
        }
        return hide(String.join(" ", told)).strip();
    }

    /** So that a value ends where its argument does. */
    private static String quoted(String argument) {
        if (argument.chars().noneMatch(Character::isWhitespace)) {
            return argument;
        }
        String quote = argument.contains("'") ? "\"" : "'";
        if (argument.contains(quote)) {
            return argument;
        }
        Matcher setting = SETTING.matcher(argument);
        return setting.matches() ? setting.group(1) + quote + setting.group(2) + quote : quote + argument + quote;
    }
}
