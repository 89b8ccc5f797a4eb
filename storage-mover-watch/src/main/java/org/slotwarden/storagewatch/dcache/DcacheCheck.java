package org.slotwarden.storagewatch.dcache;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.slotwarden.storagewatch.http.Refusal;
import org.slotwarden.storagewatch.storage.Finding;
import org.slotwarden.storagewatch.storage.Troubles;

/** Whether a dCache can be watched: reachable, login, admin role, each resource. Ends at a login that is refused. */
public final class DcacheCheck {

    private DcacheCheck() {}

    /** @param memory folder in which a refused login is remembered; may be missing */
    public static void look(Access access, Path memory, Clock clock, Consumer<Finding> said)
            throws InterruptedException {
        URI url = access.url();
        if (url != null) {
            frontend(url, access, memory, clock, said);
        }
        URI pages = access.publicUrl();
        if (pages != null) {
            try {
                new PublicPages(
                                pages,
                                access.trust(),
                                access.timeout(),
                                new HostBook(List.of()),
                                new Troubles(clock),
                                clock)
                        .reach();
                said.accept(Finding.ok("public pages", pages + " name pools; they are up to five minutes old"));
            } catch (Refusal e) {
                said.accept(Finding.fail("public pages", e.text(), "dcache.public_url names the old httpd"));
            }
        }
    }

    private static void frontend(URI url, Access access, Path memory, Clock clock, Consumer<Finding> said)
            throws InterruptedException {
        DcacheFrontend frontend =
                new DcacheFrontend(url, access, memory, new HostBook(List.of()), new Troubles(clock), clock);
        frontend.begin();
        try {
            Account account = frontend.account();
            if (!account.admin()) {
                said.accept(Finding.fail(
                        "admin role",
                        account.complaint(),
                        access.role().isEmpty()
                                ? "dcache.role = admin asks for it"
                                : "in gPlazma, for example group admins for this account"));
                return;
            }
            said.accept(Finding.ok("login", url + " knows " + account.name() + ", with roles " + account.roles()));
        } catch (Refusal e) {
            said.accept(Finding.fail("dcache", e.text(), hint(e)));
            return;
        }
        for (String what : List.of("pools", "transfers", "queues", "movers", "doors")) {
            try {
                frontend.reach(what);
                said.accept(Finding.ok(what, what.equals("pools") ? frontend.poolCount() + " pools" : "can be read"));
            } catch (Refusal e) {
                said.accept(Finding.fail(what, e.text(), hint(e)));
                if (e.kind() == Refusal.Kind.REFUSED_LOGIN) {
                    return;
                }
            }
        }
    }

    private static String hint(Refusal refusal) {
        return switch (refusal.kind()) {
            case AWAY -> "is dcache.url right, and the port open to this machine?";
            case SLOW -> "dcache.timeout_seconds bounds an answer";
            case REFUSED_LOGIN -> "put the right secret into its file before the next try: dCache counts to three";
            case NOT_ALLOWED -> "the account needs the admin role";
            case BUSY -> "dCache's rate limiter: wait, then try again";
            default -> "see dCache's own log";
        };
    }
}
