package org.slotwarden.load;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.Refusal;
import org.slotwarden.wire.v1.ReportAnswer;

/** Posts batches of nodes over one connection until they are acknowledged. For one thread. */
final class Sender implements AutoCloseable {

    private static final long FIRST_WAIT_MS = 250;
    private static final long LONGEST_WAIT_MS = 5_000;
    private static final AtomicInteger COMPLAINTS = new AtomicInteger(20);

    private final Site site;
    private final Habits habits;
    private final Told told;
    private final Tally tally;
    private final RunClock clock;
    private final BatchWriter batch;
    private final List<String> tokens;
    private final URI portal;
    private final PortalConnection connection;
    private final @Nullable Gzip gzip;
    private final Prepared prepared;
    private int samples;

    Sender(
            URI portal,
            List<String> tokens,
            Habits habits,
            Course course,
            Prepared prepared,
            Told told,
            Tally tally,
            RunClock clock) {
        this.site = told.site();
        this.habits = habits;
        this.told = told;
        this.tally = tally;
        this.clock = clock;
        this.batch = new BatchWriter(site, course);
        this.tokens = tokens;
        this.portal = portal;
        this.connection = new PortalConnection(portal);
        this.prepared = prepared;
        this.gzip = habits.gzipLevel() == 0 ? null : new Gzip(habits.gzipLevel());
    }

    /** Sends reports of these steps until the portal has them, will never have them, or the run is given up. */
    void send(int node, int... steps) throws InterruptedException {
        boolean facts = false;
        boolean again = habits.twice(site, node, steps[0]);
        for (int attempt = 0; ; attempt++) {
            for (int step : steps) {
                told.sent(node).set(step);
            }
            Outcome outcome = post(node, steps, facts);
            switch (outcome.kind) {
                case STORED -> {
                    if (!told.acknowledged(node).get(steps[0])) {
                        tally.samples.add(samples);
                        for (int step : steps) {
                            told.acknowledged(node).set(step);
                        }
                    } else {
                        tally.twice.add(samples);
                    }
                    if (!again) {
                        return;
                    }
                    again = false;
                }
                case FACTS_ASKED -> {
                    tally.factsAsked.increment();
                    facts = true;
                }
                case GIVEN_UP -> {
                    return;
                }
                case AWAY -> {
                    tally.retries.increment();
                    if (!clock.pause(outcome.waitMs > 0 ? outcome.waitMs : backoff(attempt))) {
                        return;
                    }
                }
            }
        }
    }

    private static long backoff(int attempt) {
        long full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS << Math.min(attempt, 10));
        return full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1);
    }

    private enum Kind {
        STORED,
        FACTS_ASKED,
        GIVEN_UP,
        AWAY
    }

    private record Outcome(Kind kind, long waitMs) {}

    private Outcome post(int node, int[] steps, boolean facts) {
        Prepared.Body ready = facts ? null : prepared.body(node, steps);
        byte[] body;
        int size;
        if (ready != null) {
            body = ready.bytes();
            size = body.length;
            samples = ready.samples();
        } else {
            batch.write(node, steps, facts, clock.nowMs());
            samples = batch.samples();
            body = batch.body().buffer();
            size = batch.body().size();
            if (gzip != null) {
                size = gzip.compress(body, size);
                body = gzip.buffer();
            }
        }
        long begin = System.nanoTime();
        try {
            var answer = connection.post(head(node), body, size);
            long nanos = System.nanoTime() - begin;
            tally.answer(Integer.toString(answer.status()));
            if (habits.reconnect()) {
                connection.close();
            }
            if (answer.status() / 100 == 2) {
                tally.answered(size, nanos);
                return judge(node, steps, ReportAnswer.parseFrom(answer.body()));
            }
            if (answer.status() >= 500 || answer.status() == 429 || answer.status() == 408) {
                if (answer.status() == 503 || answer.status() == 429) {
                    tally.busy.increment();
                }
                // Not all of them in the same millisecond.
                long wait = answer.retryAfterSeconds() * 1000L;
                return new Outcome(
                        Kind.AWAY,
                        wait == 0 ? 0 : wait + ThreadLocalRandom.current().nextLong(wait / 4 + 1));
            }
            tally.rejected.increment();
            complain("HTTP " + answer.status() + " " + new String(answer.body(), StandardCharsets.UTF_8));
            return new Outcome(Kind.GIVEN_UP, 0);
        } catch (InvalidProtocolBufferException e) {
            complain("an answer that is none: " + e);
            return new Outcome(Kind.AWAY, 0);
        } catch (IOException e) {
            tally.answer(e.getClass().getSimpleName());
            return new Outcome(Kind.AWAY, 0);
        }
    }

    /** All reports must be acknowledged by name. */
    private Outcome judge(int node, int[] steps, ReportAnswer answer) {
        for (Refusal refusal : answer.getRefusedList()) {
            complain(refusal.getSlotId() + " " + refusal.getSequence() + ": " + refusal.getReason());
        }
        if (answer.getRefusedCount() > 0) {
            tally.refused.add(answer.getRefusedCount());
            return new Outcome(Kind.GIVEN_UP, 0);
        }
        if (Acknowledgement.complete(site, node, steps, answer)) {
            return new Outcome(Kind.STORED, 0);
        }
        return new Outcome(answer.getSendJobFactsOfCount() > 0 ? Kind.FACTS_ASKED : Kind.AWAY, 0);
    }

    private byte[] head(int node) {
        return ("POST " + WireContract.REPORTS_PATH + " HTTP/1.1\r\nHost: " + portal.getHost()
                        + "\r\nAuthorization: Bearer "
                        + tokens.get(node) + "\r\nContent-Type: " + WireContract.CONTENT_TYPE + "\r\n"
                        + (gzip == null ? "" : "Content-Encoding: gzip\r\n"))
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void complain(String what) {
        if (COMPLAINTS.getAndDecrement() > 0) {
            System.err.println(what.replaceAll("\\p{Cntrl}+", " "));
        }
    }

    @Override
    public void close() {
        connection.close();
        if (gzip != null) {
            gzip.close();
        }
    }
}
