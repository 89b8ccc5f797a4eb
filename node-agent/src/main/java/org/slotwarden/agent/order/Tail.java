package org.slotwarden.agent.order;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.evidence.OutputFeed;
import org.slotwarden.agent.probe.SideWork;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.TailPart;

/** The job's last lines, and what it writes from then on for some time. Read by a thread that may hang, once a second. */
final class Tail implements Work {

    private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

    /** What has not come back by then hangs. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

    private record Read(List<TailPart> parts, @Nullable String trouble) {}

    private final String what;
    private final OutputFeed feed;
    private final SideWork side;
    private final Consumer<Runnable> tasks;
    private final Consumer<TailPart> told;
    private final long until;
    private long due;
    private boolean underWay;
    private boolean heard;
    private @Nullable Read read;

    /**
     * @param what is read, for people
     * @param tasks runs what it is given on the thread that uses this
     * @param told of each part, by that thread
     */
    Tail(
            String what,
            OutputFeed feed,
            long followNanos,
            SideWork side,
            Consumer<Runnable> tasks,
            Consumer<TailPart> told) {
        this.what = what;
        this.feed = feed;
        this.side = side;
        this.tasks = tasks;
        this.told = told;
        this.until = System.nanoTime() + followNanos;
        this.due = System.nanoTime();
    }

    @Override
    public OrderResult.@Nullable Builder step(long now) {
        Read came = read;
        if (came != null) {
            read = null;
            underWay = false;
            came.parts.forEach(told);
            if (came.trouble != null) {
                return Results.failed(what + " " + came.trouble);
            }
            heard = true;
            due = now + PAUSE;
            return now - until >= 0 ? Results.of(OrderResult.State.DONE) : null;
        }
        if (underWay) {
            return Results.failed(what + " did not answer");
        }
        if (heard && now - until >= 0) {
            return Results.of(OrderResult.State.DONE);
        }
        if (!side.offer(this::read)) {
            return Results.failed(what + " cannot be read: earlier reads hang");
        }
        underWay = true;
        due = now + PATIENCE;
        return null;
    }

    private void read() {
        Read one;
        try {
            one = new Read(feed.next(), null);
        } catch (IOException e) {
            one = new Read(List.of(), e.getMessage());
        }
        Read came = one;
        tasks.accept(() -> {
            read = came;
            due = System.nanoTime();
        });
    }

    @Override
    public long due() {
        return due;
    }

    @Override
    public OrderResult.@Nullable Builder jobEnded() {
        // What it wrote last is read once more, as far as the file is still known.
        return heard && !underWay && read == null ? Results.of(OrderResult.State.DONE, "The job has ended") : null;
    }
}
