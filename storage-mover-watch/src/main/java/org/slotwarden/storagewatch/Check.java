package org.slotwarden.storagewatch;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.storagewatch.dcache.Access;
import org.slotwarden.storagewatch.dcache.DcacheCheck;
import org.slotwarden.storagewatch.http.PlainText;
import org.slotwarden.storagewatch.http.Refusal;
import org.slotwarden.storagewatch.http.Remote;
import org.slotwarden.storagewatch.storage.Finding;
import org.slotwarden.wire.WireContract;

/** Says line by line what of the watch works, and what to do about the rest. Logs in to dCache once. */
final class Check {

    private final WatchConfig config;
    private final PrintStream out;
    private final Clock clock;
    private boolean works = true;

    Check(WatchConfig config, PrintStream out, Clock clock) {
        this.config = config;
        this.out = out;
        this.clock = clock;
    }

    /** True when the watch would work. */
    boolean run() throws InterruptedException {
        say(Finding.ok(
                "configuration",
                "storage " + config.storage() + ", a look every "
                        + config.interval().toSeconds() + " s"));
        say(state());
        say(token());
        say(portal());
        Access access = config.dcache();
        DcacheCheck.look(access, config.state(), clock, this::say);
        Path billing = config.billing();
        if (billing != null) {
            say(billing(billing));
        }
        say(
                config.mayRelease()
                        ? Finding.ok("end movers", "admins of the portal may end movers through this watch")
                        : Finding.ok("end movers", "this watch ends none (may_release)"));
        out.println(works ? "The watch works here." : "The watch does not work here: see the lines that fail.");
        return works;
    }

    private void say(Finding finding) {
        works &= finding.level() != Finding.Level.FAIL;
        out.printf("%-6s %-16s %s%n", finding.level().word(), finding.topic(), PlainText.line(finding.text(), 600));
        if (!finding.hint().isEmpty()) {
            out.printf("%24s-> %s%n", "", finding.hint());
        }
    }

    private Finding state() {
        if (!Files.exists(config.state())) {
            return Finding.ok("state", config.state() + " is made at the first start");
        }
        return Files.isDirectory(config.state()) && Files.isWritable(config.state())
                ? Finding.ok("state", config.state() + " can be written")
                : Finding.fail("state", config.state() + " cannot be written", "it must belong to the watch's user");
    }

    private Finding token() {
        try {
            config.portalToken().read();
            return Finding.ok("token", config.portalToken().file() + " can be read");
        } catch (IOException e) {
            return Finding.fail(
                    "token", String.valueOf(e.getMessage()), "portal.token_file names it; the portal makes the token");
        }
    }

    /** A request without a token: the portal answers it with 401, and then it is there. */
    private Finding portal() throws InterruptedException {
        URI url = config.portal();
        try {
            new Remote("the portal", url, config.portalTrust())
                    .ask(
                            "POST",
                            WireContract.STORAGE_PATH,
                            Map.of("Content-Type", WireContract.CONTENT_TYPE),
                            new byte[0],
                            Duration.ofSeconds(10),
                            1 << 20,
                            (body, headers) -> body.readAllBytes());
        } catch (Refusal e) {
            switch (e.kind()) {
                case REFUSED_LOGIN, NOT_ALLOWED -> {
                    // as it should
                }
                case NOT_THERE -> {
                    return Finding.fail(
                            "portal", e.text(), "does a portal answer there, and is it new enough for storage?");
                }
                default -> {
                    return Finding.fail("portal", e.text(), "portal.url and portal.ca_file name it");
                }
            }
        }
        return Finding.ok("portal", url + " answers; the first report shows whether it takes this token");
    }

    private static Finding billing(@Nullable Path billing) {
        return billing != null && Files.isReadable(billing)
                ? Finding.ok("billing", billing + " can be read")
                : Finding.warn(
                        "billing", billing + " cannot be read", "the watch works without, and says so in the portal");
    }
}
