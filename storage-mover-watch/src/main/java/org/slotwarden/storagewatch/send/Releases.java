package org.slotwarden.storagewatch.send;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.storagewatch.http.PlainText;
import org.slotwarden.storagewatch.storage.Storage;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.ReleaseOrder;
import org.slotwarden.wire.v1.ReleaseResult;
import org.slotwarden.wire.v1.StorageAnswer;

/**
 * Orders to end movers: each is carried out once, also over a restart, and its result is told until the portal has
 * it. What was begun when the watch ended has the result that nobody knows.
 */
public final class Releases {

    private static final Logger LOG = LoggerFactory.getLogger(Releases.class);

    private static final int REMEMBERED = 500;

    private final Storage storage;
    private final boolean allowed;
    private final Path memory;
    private final Clock clock;
    /** By number and the mover's submission: another portal, or one with a new database, begins with 1 again. */
    private final Map<String, ReleaseResult> known = new LinkedHashMap<>();

    private final List<ReleaseResult> waiting = new ArrayList<>();

    /**
     * @param allowed whether the site lets this watch end movers
     * @param memory file in which orders are remembered
     * @throws IOException when it cannot be read: without it an order might be carried out twice
     */
    public Releases(Storage storage, boolean allowed, Path memory, Clock clock) throws IOException {
        this.storage = storage;
        this.allowed = allowed;
        this.memory = memory;
        this.clock = clock;
        if (Files.exists(memory)) {
            for (String line : Files.readAllLines(memory)) {
                remember(line);
            }
        }
    }

    private void remember(String line) {
        String[] parts = line.split(" ", 4);
        if (parts.length == 4 && parts[0].matches("\\d{1,18}/\\d{1,18}") && parts[2].matches("\\d{1,18}")) {
            long id = Long.parseLong(parts[0].substring(0, parts[0].indexOf('/')));
            boolean begun = parts[1].equals("BEGUN");
            known.put(
                    parts[0],
                    ReleaseResult.newBuilder()
                            .setOrderId(id)
                            .setOutcome(begun ? ReleaseResult.Outcome.FAILED : ReleaseResult.Outcome.valueOf(parts[1]))
                            .setDetail(
                                    begun
                                            ? "the watch ended while it was at it: look whether it is done"
                                            : parts[3].strip())
                            .setDoneAtMs(Long.parseLong(parts[2]))
                            .build());
        }
    }

    /** Results that the portal does not have yet. */
    public List<ReleaseResult> waiting() {
        return List.copyOf(waiting);
    }

    /** The portal has these. */
    public void told(List<ReleaseResult> results) {
        waiting.removeAll(results);
    }

    /**
     * Carries out what the answer orders, and was not carried out before.
     *
     * @return whether there was any such
     */
    public boolean take(StorageAnswer answer) throws InterruptedException {
        long begin = clock.millis();
        boolean any = false;
        for (ReleaseOrder order :
                answer.getReleasesList().stream().limit(WireContract.MAX_ORDERS).toList()) {
            ReleaseResult before = known.get(key(order));
            if (before == null) {
                before = carriedOut(order, answer.getAnsweredAtMs() + clock.millis() - begin);
                any = true;
            }
            if (!waiting.contains(before)) {
                waiting.add(before);
            }
        }
        return any;
    }

    private ReleaseResult carriedOut(ReleaseOrder order, long portalNowMs) throws InterruptedException {
        ReleaseResult.Builder result;
        if (!allowed) {
            result = refused("this watch may not end movers: may_release in its configuration");
        } else if (order.getExpiresAtMs() <= portalNowMs) {
            result = refused("the order came too late");
        } else if (!kept(key(order), "BEGUN", clock.millis(), "")) {
            result = refused("the watch cannot write its state, so it might do this twice");
        } else {
            result = storage.release(order);
        }
        ReleaseResult done = result.setOrderId(order.getOrderId())
                .setDoneAtMs(clock.millis())
                .setDetail(PlainText.cut(
                        PlainText.line(result.getDetail(), WireContract.MAX_ORDER_DETAIL_BYTES),
                        WireContract.MAX_ORDER_DETAIL_BYTES))
                .build();
        LOG.info(
                "order {} of {} to end mover {} of pool {}: {}{} (reason: {})",
                order.getOrderId(),
                PlainText.line(order.getAuthor(), 200),
                order.getMoverId(),
                PlainText.line(order.getPool(), 200),
                done.getOutcome(),
                done.getDetail().isEmpty() ? "" : ", " + done.getDetail(),
                PlainText.line(order.getReason(), 200));
        known.put(key(order), done);
        if (!kept(key(order), done.getOutcome().name(), done.getDoneAtMs(), done.getDetail())) {
            LOG.warn("after a restart order {} is not known as carried out", order.getOrderId());
        }
        return done;
    }

    private static String key(ReleaseOrder order) {
        return order.getOrderId() + "/" + order.getSubmittedAtMs();
    }

    private static ReleaseResult.Builder refused(String why) {
        return ReleaseResult.newBuilder()
                .setOutcome(ReleaseResult.Outcome.REFUSED)
                .setDetail(why);
    }

    private boolean kept(String id, String outcome, long atMs, String detail) {
        StringBuilder text = new StringBuilder();
        known.entrySet().stream()
                .skip(Math.max(0, known.size() - REMEMBERED))
                .filter(entry -> !entry.getKey().equals(id))
                .forEach(entry -> text.append(line(
                        entry.getKey(),
                        entry.getValue().getOutcome().name(),
                        entry.getValue().getDoneAtMs(),
                        entry.getValue().getDetail())));
        text.append(line(id, outcome, atMs, detail));
        try {
            Path next = memory.resolveSibling(memory.getFileName() + ".new");
            Files.writeString(next, text);
            Files.move(next, memory, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return true;
        } catch (IOException e) {
            LOG.warn("{} cannot be written: {}", memory, e.toString());
            return false;
        }
    }

    private static String line(String id, String outcome, long atMs, String detail) {
        return id + " " + outcome + " " + atMs + " " + PlainText.line(detail, 400) + " \n";
    }
}
