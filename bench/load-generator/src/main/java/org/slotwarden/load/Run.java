package org.slotwarden.load;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A site that reports to a portal for a while. */
final class Run {

    static final Set<String> OPTIONS = Set.of(
            "portal",
            "api-token-file",
            "nodes",
            "slots",
            "interval",
            "begin",
            "seed",
            "job-steps",
            "replay",
            "steps",
            "for",
            "warm-up",
            "rate",
            "connections",
            "gzip",
            "twice",
            "late",
            "late-steps",
            "patience",
            "record",
            "jdbc",
            "jdbc-user",
            "jdbc-password-file",
            "compared",
            "prepare",
            "clock",
            "to",
            "url",
            "steps-at-once",
            "nodes-at-once");
    static final Set<String> SWITCHES =
            Set.of("full-speed", "reconnect", "audit", "json", "until-stdin-ends", "waiting");

    /** So far back lies the begin of a run at full speed: time for its simulated time to go ahead. */
    private static final Duration BACK = Duration.ofHours(40);

    private final Options options;
    private final Site site;
    private final Tally tally = new Tally();
    private final RunClock clock;

    Run(Options options) {
        this.options = options;
        long offMs = (long) (options.real("clock", 0) * 1000);
        this.clock = new RunClock(options.number("patience", 300), offMs);
        long seed = (long) options.real("seed", Instant.now().getEpochSecond() % 1_000_000);
        this.site = new Site(
                seed,
                options.number("nodes", 20),
                options.number("slots", 50),
                begin(options, Instant.ofEpochMilli(clock.nowMs())).toEpochMilli(),
                (int) (options.real("interval", 30) * 1000),
                options.number("job-steps", 240),
                options.get("replay", ""));
    }

    private static Instant begin(Options options, Instant now) {
        String begin = options.get("begin");
        if (begin == null) {
            return options.has("full-speed") ? now.minus(BACK) : now;
        }
        return begin.startsWith("-P") ? now.plus(Duration.parse(begin)) : Instant.parse(begin);
    }

    /** @return whether all was stored, and the audit, if there was one, found nothing */
    boolean run() throws IOException, InterruptedException {
        URI portal = URI.create(options.need("portal"));
        String apiToken =
                Files.readString(Path.of(options.need("api-token-file"))).strip();
        Habits habits = new Habits(
                options.get("gzip", "6").equals("none") ? 0 : options.number("gzip", 6),
                options.has("reconnect"),
                options.real("twice", 0),
                options.real("late", 0),
                options.number("late-steps", 0),
                options.real("rate", 0),
                Math.max(1, options.number("steps-at-once", 1)));
        Course course = Courses.of(site);
        Told told = new Told(site);
        List<String> tokens = NodeTokens.issue(portal, apiToken, site);
        say("tokens for " + tokens.size() + " nodes issued");

        Prepared prepared = options.has("prepare")
                ? Prepared.make(site, course, habits, options.number("prepare", 0))
                : Prepared.none();

        int lanes = Math.min(site.nodes(), options.number("connections", 32));
        AtomicReference<@Nullable Throwable> trouble = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < lanes; i++) {
            Sender sender = new Sender(portal, tokens, habits, course, prepared, told, tally, clock);
            Lane lane = new Lane(told, habits, clock, sender, i, lanes, options.number("steps", Integer.MAX_VALUE));
            threads.add(Thread.ofPlatform()
                    .name("lane-" + i)
                    .uncaughtExceptionHandler((thread, thrown) -> {
                        thrown.printStackTrace();
                        trouble.set(thrown);
                        clock.stop();
                    })
                    .start(lane));
        }
        if (options.has("until-stdin-ends")) {
            Thread.ofPlatform().daemon().name("standard-input").start(this::awaitEndOfInput);
        }
        OrderWaits waits = new OrderWaits(portal, site, tokens);
        if (options.has("waiting")) {
            waits.begin();
        }
        Summary summary = measure(told, threads);
        waits.end();
        for (Thread thread : threads) {
            thread.join();
        }
        if (options.has("record")) {
            told.save(Path.of(options.need("record")));
        }
        summary.print(site, told, tally.now(false), tally.answers(), options.has("json"));
        boolean stored = trouble.get() == null && told.complete();
        if (!stored) {
            System.out.println("Not all that was sent was acknowledged");
        }
        return (!options.has("audit") || Audit.run(told, options)) && stored;
    }

    /** Warms up, measures, and stops the senders. Scripts wait for the words on standard output. */
    private Summary measure(Told told, List<Thread> threads) throws InterruptedException {
        double warmUp = options.real("warm-up", 0);
        if (options.has("full-speed") && warmUp > 0) {
            // Opening jobs is dearer than samples are, and at a site it does not happen to all of them at once.
            while (!told.allBegun() && threads.stream().anyMatch(Thread::isAlive)) {
                await(threads, 0.1);
            }
        }
        await(threads, warmUp);
        Tally.Counts from = tally.now(true);
        say("measuring");
        await(threads, options.real("for", options.has("steps") ? 1e9 : 60));
        Tally.Counts to = tally.now(false);
        say("measured");
        clock.stop();
        return new Summary(from, to);
    }

    private static void await(List<Thread> threads, double seconds) throws InterruptedException {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (Thread thread : threads) {
            long left = end - System.nanoTime();
            if (left > 0) {
                thread.join(Duration.ofNanos(left));
            }
        }
    }

    private void awaitEndOfInput() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // As good as an end.
        }
        clock.stop();
    }

    static void say(String what) {
        System.out.println("== " + what);
        System.out.flush();
    }
}
