package org.slotwarden.portal.web;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.storage.PoolStatus;
import org.slotwarden.portal.storage.QueueStatus;
import org.slotwarden.portal.storage.StorageAlarm;
import org.slotwarden.portal.storage.StorageStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;

/** How the pages tell of a storage system: its state, its queues, and what is wrong with them. */
@Component
class StorageView {
    private static final double NEARLY_FULL = 0.9;
    private static final Duration GATHERED_LONG_AGO = Duration.ofMinutes(1);

    private final Format format;

    StorageView(Format format) {
        this.format = format;
    }

    /**
     * Something to be said above all else.
     *
     * @param level style of the notice
     * @param advice what to do
     */
    record Notice(
            String level,
            String title,
            String text,
            @Nullable Instant at,
            @Nullable String advice) {}

    /**
     * A storage system in one line.
     *
     * @param how where and how often its watch looks
     */
    record SystemRow(
            String name,
            @Nullable String software,
            String level,
            String mark,
            String words,
            @Nullable Instant lookedAt,
            String how,
            boolean mayRelease,
            @Nullable Instant tokenIssuedAt,
            @Nullable String watchVersion,
            List<Notice> notices) {}

    SystemRow system(StorageStatus status) {
        boolean replay = status.source() == StorageStatus.Source.REPLAY;
        String level = "quiet";
        String mark = "○";
        String words = "not current";
        switch (status.state()) {
            case NEVER -> {
                level = "plain";
                mark = "·";
                words = "never reported";
            }
            case FRESH -> {
                level = replay ? "quiet" : "good";
                mark = replay ? "↻" : "▶";
                words = replay ? "replay" : "watched";
            }
            case OLD -> {}
        }
        return new SystemRow(
                status.name(),
                status.software(),
                level,
                mark,
                words,
                status.lookedAt(),
                how(status),
                status.mayRelease(),
                status.tokenIssuedAt(),
                status.watchVersion(),
                notices(status));
    }

    private String how(StorageStatus status) {
        String every =
                status.pollIntervalSeconds() == null ? "" : ", every " + format.seconds(status.pollIntervalSeconds());
        return every + (status.source() == StorageStatus.Source.PUBLIC_PAGES ? ", through its public pages" : "");
    }

    private static List<Notice> notices(StorageStatus status) {
        List<Notice> notices = new ArrayList<>();
        if (status.state() == StorageStatus.State.NEVER) {
            notices.add(new Notice("", "Never reported.", "Its watch has not reported yet.", null, null));
            return notices;
        }
        if (status.source() == StorageStatus.Source.REPLAY) {
            notices.add(new Notice(
                    "warn",
                    "Replay.",
                    "Recorded answers of a storage system are played again. No file is open, and nobody waits for one.",
                    null,
                    null));
        }
        Instant looked = status.lookedAt();
        Instant gathered = status.gatheredAt();
        boolean gatheredLongAgo =
                looked != null && gathered != null && gathered.isBefore(looked.minus(GATHERED_LONG_AGO));
        if (status.state() == StorageStatus.State.OLD) {
            notices.add(new Notice(
                    "bad",
                    "An old picture.",
                    gatheredLongAgo
                            ? "The storage system itself tells of a moment long ago. All below is as it was then:"
                            : "Nothing was heard of the watch since. All below is as it was then:",
                    gatheredLongAgo ? gathered : looked,
                    gatheredLongAgo
                            ? "Look at the service that gathers its transfers."
                            : "Look whether storage-mover-watch runs on its host, and into its log."));
        } else if (gatheredLongAgo) {
            notices.add(new Notice(
                    "warn",
                    "Some minutes old.",
                    "Its public pages are written anew only now and then. All below is as it was then:",
                    gathered,
                    "With an account for the watch it is current."));
        }
        return notices;
    }

    /**
     * A queue.
     *
     * @param fullSince null: it is not full with others waiting
     */
    record QueueRow(
            String pool,
            String queue,
            String link,
            String level,
            String mark,
            String words,
            @Nullable Integer active,
            @Nullable Integer max,
            @Nullable Integer queued,
            @Nullable Instant fullSince) {}

    /** Those in trouble first, then the fullest. */
    List<QueueRow> queues(List<PoolStatus> pools) {
        record Ranked(QueueRow row, int trouble, int waiting, double used) {}
        List<Ranked> ranked = new ArrayList<>();
        for (PoolStatus pool : pools) {
            for (QueueStatus queue : pool.queues()) {
                int trouble = queue.fullSince() != null ? 0 : pool.unread() ? 1 : 2;
                int waiting = queue.queued() == null ? 0 : queue.queued();
                Double used = queue.used();
                ranked.add(new Ranked(queue(queue, pool.unread()), trouble, -waiting, used == null ? 0 : -used));
            }
        }
        return ranked.stream()
                .sorted(Comparator.comparingInt(Ranked::trouble)
                        .thenComparingInt(Ranked::waiting)
                        .thenComparingDouble(Ranked::used)
                        .thenComparing(one -> one.row().pool())
                        .thenComparing(one -> one.row().queue()))
                .map(Ranked::row)
                .toList();
    }

    QueueRow queue(QueueStatus queue, boolean unread) {
        Double used = queue.used();
        String level;
        String mark;
        String words;
        if (unread) {
            level = "quiet";
            mark = "○";
            words = "pool does not answer";
        } else if (queue.fullSince() != null) {
            level = "bad";
            mark = "✗";
            words = "full";
        } else if (used == null) {
            level = "plain";
            mark = "·";
            words = queue.maxActive() != null && queue.maxActive() == 0 ? "takes none" : "not told";
        } else if (used >= NEARLY_FULL) {
            level = "warn";
            mark = "!";
            words = used >= 1 ? "all taken, nobody waits" : "nearly full";
        } else {
            level = "good";
            mark = "✓";
            words = "has room";
        }
        return new QueueRow(
                queue.pool(),
                queue.name(),
                link(queue.id()),
                level,
                mark,
                words,
                queue.active(),
                queue.maxActive(),
                queue.queued(),
                queue.fullSince());
    }

    static String link(long queueId) {
        return "/storage/queues/" + queueId;
    }

    /** The address of a page with parameters that anybody may have chosen, encoded; empty ones are left out. */
    static String address(String path, String... parameters) {
        UriComponentsBuilder address = UriComponentsBuilder.fromPath(path);
        List<String> values = new ArrayList<>();
        for (int i = 0; i < parameters.length; i += 2) {
            if (!parameters[i + 1].isEmpty()) {
                address.queryParam(parameters[i], "{value}");
                values.add(parameters[i + 1]);
            }
        }
        return address.encode().buildAndExpand(values.toArray()).toUriString();
    }

    /**
     * What somebody should know of.
     *
     * @param replay nothing of it happens now: recorded answers are played again
     */
    record AlarmRow(
            String level,
            String title,
            String what,
            String link,
            boolean replay,
            Instant since,
            String sentence,
            @Nullable String advice) {}

    /** @param pools to find the page of the queue that an alarm is about */
    List<AlarmRow> alarms(List<StorageAlarm> alarms, List<PoolStatus> pools, List<StorageStatus> systems) {
        Set<String> replayed = systems.stream()
                .filter(system -> system.source() == StorageStatus.Source.REPLAY)
                .map(StorageStatus::name)
                .collect(Collectors.toSet());
        return alarms.stream()
                .sorted(Comparator.comparing(alarm -> level(alarm.kind()).equals("warning")))
                .map(alarm -> new AlarmRow(
                        level(alarm.kind()),
                        title(alarm.kind()),
                        what(alarm),
                        link(alarm, pools),
                        replayed.contains(alarm.storage()),
                        alarm.since(),
                        alarm.text(),
                        advice(alarm)))
                .toList();
    }

    private static String level(StorageAlarm.Kind kind) {
        return switch (kind) {
            case QUEUE_FULL, WATCH_SILENT, OLD_SOURCE -> "critical";
            case IDLE_MOVERS, LEFT_MOVERS, TROUBLE -> "warning";
        };
    }

    private static String title(StorageAlarm.Kind kind) {
        return switch (kind) {
            case QUEUE_FULL -> "Queue full, others wait";
            case IDLE_MOVERS -> "Movers lie idle";
            case LEFT_MOVERS -> "Movers outlive their jobs";
            case WATCH_SILENT -> "Storage watch is silent";
            case OLD_SOURCE -> "Storage tells of long ago";
            case TROUBLE -> "Storage watch has trouble";
        };
    }

    private static String what(StorageAlarm alarm) {
        if (alarm.pool() == null) {
            return alarm.storage();
        }
        return alarm.queue() == null ? alarm.pool() : alarm.pool() + ", " + alarm.queue();
    }

    private static String link(StorageAlarm alarm, List<PoolStatus> pools) {
        return pools.stream()
                .filter(pool ->
                        pool.storage().equals(alarm.storage()) && pool.name().equals(alarm.pool()))
                .flatMap(pool -> pool.queues().stream())
                .filter(queue -> alarm.queue() == null || queue.name().equals(alarm.queue()))
                .findFirst()
                .map(queue -> link(queue.id()))
                .orElseGet(() -> address("/storage", "storage", alarm.storage()));
    }

    private static @Nullable String advice(StorageAlarm alarm) {
        return switch (alarm.kind()) {
            case QUEUE_FULL -> "Its page says who holds it.";
            case IDLE_MOVERS -> "Nothing is read or written: a job that keeps files open, or a client that is gone.";
            case LEFT_MOVERS -> "The storage system has not noticed that the client is gone.";
            case WATCH_SILENT -> "Look whether storage-mover-watch runs on its host, and into its log.";
            case OLD_SOURCE -> "Look at the service of the storage system that gathers its transfers.";
            case TROUBLE -> trouble(alarm.trouble());
        };
    }

    private static @Nullable String trouble(@Nullable String kind) {
        return switch (kind == null ? "" : kind.toLowerCase(Locale.ROOT)) {
            case "away" -> "Look whether the storage system's frontend runs, and whether the watch's host reaches it.";
            case "refused-login" -> "Correct the watch's password or token: it asks again when the file has changed.";
            case "not-admin" ->
                "Give the watch's account the role of an admin: without it only its own transfers are shown.";
            case "busy" -> "The storage system limits requests: what is missing comes with the next looks.";
            case "slow" -> "Look for a pool that hangs.";
            case "pool-unread", "queues-unread" -> "Look at the pool. What is shown of it is from before.";
            case "collector-dead" ->
                "Restart the domain with the frontend. Pools and places are still right, users of new movers unknown.";
            case "cut-off", "too-large" -> "What is shown may not be all.";
            case "old-source" -> "What is shown is some minutes old.";
            case "clock-ahead" -> "Set the clock of the pool's machine.";
            case "billing-unread" -> "Movers that were open between two looks only are missing.";
            default -> null;
        };
    }
}
