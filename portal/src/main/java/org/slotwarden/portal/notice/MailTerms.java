package org.slotwarden.portal.notice;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A mail server, and who is told through it.
 *
 * @param security {@code tls} from the first byte, {@code starttls}, or {@code none}
 * @param user account at the server; empty: none
 * @param from address of the sender
 * @param to addresses of the admins
 */
public record MailTerms(String host, int port, String security, String user, String from, List<String> to) {

    static final int MOST_ADDRESSES = 20;
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{1,253}|[0-9A-Fa-f:.]{2,45}");
    private static final Pattern ADDRESS =
            Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_{|}~-][A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{0,63}@[A-Za-z0-9.-]{1,253}");
    private static final int LONGEST_ADDRESS = 254;

    public MailTerms {
        host = text(host);
        security = text(security);
        user = text(user);
        from = text(from);
        to = to == null ? List.of() : to.stream().map(MailTerms::text).toList();
    }

    private static String text(@Nullable String text) {
        return Objects.requireNonNullElse(text, "").strip();
    }

    /** Whether it is an address that can stand in a mail, and nothing else beside it. */
    static boolean address(String text) {
        return text.length() <= LONGEST_ADDRESS && ADDRESS.matcher(text).matches();
    }

    MailTerms checked() {
        check(HOST.matcher(host).matches(), "host", "must be the name or address of a mail server");
        check(port >= 1 && port <= 65_535, "port", "must be 1 to 65535");
        check(List.of("tls", "starttls", "none").contains(security), "security", "must be tls, starttls or none");
        check(user.length() <= 200 && user.chars().noneMatch(Character::isISOControl), "user", "is too long");
        check(user.isEmpty() || !security.equals("none"), "security", "must be tls or starttls with a user");
        check(address(from), "from", "must be a mail address");
        check(to.size() <= MOST_ADDRESSES, "to", "may have at most " + MOST_ADDRESSES + " addresses");
        check(to.stream().allMatch(MailTerms::address), "to", "must be mail addresses");
        return new MailTerms(
                host, port, security, user, from, to.stream().distinct().toList());
    }

    private static void check(boolean right, String field, String why) {
        if (!right) {
            throw new ChannelRefused("terms.mail." + field, why);
        }
    }

    /** Where the password goes: sealed for another place, it is not sent there. */
    String destination() {
        return "smtp " + security + " " + user + " " + host + " " + port;
    }
}
