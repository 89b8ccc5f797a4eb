package org.slotwarden.agent.evidence;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Hides what looks like a secret in a command line or in output. It knows common spellings, not all: who must be
 * sure sends no texts at all ({@link EvidenceScope}). Repetitions in the patterns are bounded, because users
 * write the text.
 */
final class Secrets {

    private static final String HIDDEN = "$1***";

    private static final String WORD = "(?:passw(?:or)?d|passwd|passphrase|pwd|secret|token(?!s)|credential"
            + "|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key)";

    private static final String VALUE = "(?:\"[^\"\\n]{0,400}\"?|'[^'\\n]{0,400}'?|[^\\s\"']\\S{0,4000})";

    private record Hide(Pattern pattern, String by) {

        static Hide of(String expression) {
            return new Hide(Pattern.compile(expression, Pattern.CASE_INSENSITIVE), HIDDEN);
        }
    }

    private static final List<Hide> ALL = List.of(
            // Bearer before the names, which would take "Bearer" for the value of "Authorization: token".
            Hide.of("(\\b(?:bearer|basic)\\s{1,4})[a-z0-9+/_.=~-]{8,4000}"),
            // password=x, DB_PASSWORD: x, "api-key": "x"
            Hide.of("(" + WORD + "[\\w.-]{0,40}[\"']?[ \\t]{0,4}[=:][ \\t]{0,4})" + VALUE),
            // --password x
            Hide.of("((?:^|\\s)--?[\\w-]{0,40}" + WORD + "[\\w-]{0,40}[ \\t]{1,4})(?!-)" + VALUE),
            Hide.of("(\\bsshpass[ \\t]{1,4}-p[ \\t]{0,4})" + VALUE),
            Hide.of("(\\bmysql\\w{0,20}\\b[^\\n]{0,400}?[ \\t]-p)" + "[^\\s]{1,400}"),
            Hide.of("(\\bcurl\\b[^\\n]{0,400}?[ \\t](?:-u|--user)[ \\t]{0,4}[^\\s:]{1,100}:)\\S{1,400}"),
            // https://user:x@host
            Hide.of("(://[^\\s/:@]{0,100}:)[^\\s/@]{1,400}(?=@)"),
            // Amazon, GitHub, GitLab, Slack, JSON Web Token
            Hide.of("()\\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[a-z0-9]{20,255}|glpat-[\\w-]{20,100}"
                    + "|xox[abprs]-[\\w-]{10,200}|eyJ[\\w-]{10,2000}\\.[\\w-]{10,2000}\\.[\\w-]{5,1000})"),
            Hide.of("(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)[^-]{1,4096}"));

    private Secrets() {}

    static String hide(String text) {
        String hidden = text;
        for (Hide one : ALL) {
            hidden = one.pattern.matcher(hidden).replaceAll(one.by);
        }
        return hidden;
    }
}
