package org.slotwarden.portal.notice;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Gives new notices to the channels that are for them, and makes messages of what waits there: the first at once, then
 * one digest for each of a channel's digest times. A recipient of a channel gets no further message while one is on its
 * way: when a mail server comes back there is one digest to send. Several portals do it one after the other.
 */
@Component
class NoticeRouting {

    /** Owners wait no longer than this, whatever a channel says: a kill comes a minute after the warning at earliest. */
    static final Duration OWNERS_DIGEST = Duration.ofMinutes(1);

    /** Silences that ended while no portal looked are known for so long: what came in them is silenced. */
    private static final Duration LATE = Duration.ofDays(1);

    private static final int AT_ONCE = 2000;

    private final JdbcClient jdbc;
    private final JdbcTemplate template;
    private final ChannelStore channels;
    private final Silences silences;
    private final OwnerAddresses addresses;
    private final TransactionTemplate transaction;
    private final Clock clock;

    NoticeRouting(
            JdbcClient jdbc,
            JdbcTemplate template,
            ChannelStore channels,
            Silences silences,
            OwnerAddresses addresses,
            TransactionTemplate transaction,
            Clock clock) {
        this.jdbc = jdbc;
        this.template = template;
        this.channels = channels;
        this.silences = silences;
        this.addresses = addresses;
        this.transaction = transaction;
        this.clock = clock;
    }

    void look() {
        while (Objects.requireNonNull(transaction.execute(status -> inTurn(this::route))) == AT_ONCE) {
            // There are more.
        }
        transaction.execute(status -> inTurn(this::gather));
    }

    private interface Step {
        int take(List<Channel> channels, List<Silence> silences, Instant now);
    }

    private int inTurn(Step step) {
        jdbc.sql("INSERT INTO notice_turn (id) VALUES (1) ON DUPLICATE KEY UPDATE id = id")
                .update();
        jdbc.sql("SELECT id FROM notice_turn WHERE id = 1 FOR UPDATE")
                .query(Long.class)
                .single();
        Instant now = clock.instant();
        return step.take(
                channels.all().stream().filter(Channel::enabled).toList(), silences.open(now.minus(LATE)), now);
    }

    // ------------------------------------------------------------------------------------------------ to the channels

    private record New(
            long id,
            @Nullable String user,
            @Nullable Long jobId,
            @Nullable String flagKind,
            Instant createdAt,
            @Nullable String batchJobId,
            @Nullable String owner) {}

    private record Told(
            long notice,
            long channel,
            String recipient,
            TellingState state,
            @Nullable String why) {}

    private int route(List<Channel> to, List<Silence> silent, Instant now) {
        List<New> some = jdbc.sql("""
                        SELECT n.*, j.batch_job_id, j.user_name owner FROM notice n LEFT JOIN job j ON j.id = n.job_id
                        WHERE n.routed_at IS NULL ORDER BY n.id LIMIT :most
                        """)
                .param("most", AT_ONCE)
                .query((row, number) -> new New(
                        row.getLong("id"),
                        row.getString("user_name"),
                        row.getObject("job_id", Long.class),
                        row.getString("flag_kind"),
                        row.getObject("created_at", Instant.class),
                        row.getString("batch_job_id"),
                        row.getString("owner")))
                .list();
        Map<Long, Set<String>> nodes =
                silent.stream().anyMatch(one -> one.what() == SilenceKind.NODE) ? nodes(some) : Map.of();
        Map<String, Boolean> known = new HashMap<>();
        List<Told> told = new ArrayList<>();
        for (New notice : some) {
            for (Channel channel : to) {
                if (notice.user() == null
                        ? channel.terms().toAdmins()
                        : channel.terms().toOwners()) {
                    told.add(told(notice, channel, silent, nodes, known));
                }
            }
        }
        template.batchUpdate(
                "INSERT INTO notice_telling (notice_id, channel_id, recipient, state, at, detail)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                told.stream()
                        .map(one -> new Object[] {
                            one.notice(),
                            one.channel(),
                            one.recipient(),
                            one.state().name(),
                            Timestamp.from(now),
                            one.why()
                        })
                        .toList());
        if (!some.isEmpty()) {
            jdbc.sql("UPDATE notice SET routed_at = :now WHERE id IN (:ids)")
                    .param("now", now)
                    .param("ids", some.stream().map(New::id).toList())
                    .update();
        }
        return some.size();
    }

    private Told told(
            New notice,
            Channel channel,
            List<Silence> silent,
            Map<Long, Set<String>> nodes,
            Map<String, Boolean> known) {
        String owner = notice.user();
        if (owner != null && channel.terms().byMail()) {
            boolean address =
                    known.computeIfAbsent(owner, user -> addresses.of(user).isPresent());
            return address
                    ? new Told(notice.id(), channel.id(), owner, TellingState.WAITING, null)
                    : new Told(notice.id(), channel.id(), owner, TellingState.LEFT_OUT, "no mail address is known");
        }
        String why = whyNot(notice, channel, silent, nodes);
        return new Told(notice.id(), channel.id(), "", why == null ? TellingState.WAITING : TellingState.LEFT_OUT, why);
    }

    private static @Nullable String whyNot(
            New notice, Channel channel, List<Silence> silent, Map<Long, Set<String>> nodes) {
        for (Silence one : silent) {
            if (one.what() != SilenceKind.ALL
                    && one.on(channel.id())
                    && one.at(notice.createdAt())
                    && about(one, notice, nodes)) {
                return Notices.cut("silence of " + one.words() + " by " + one.madeBy(), 300);
            }
        }
        return channel.terms().leavesOut() && silent(channel, silent, notice.createdAt())
                ? "it came in a silence of the channel"
                : null;
    }

    private static boolean about(Silence silence, New notice, Map<Long, Set<String>> nodes) {
        return switch (silence.what()) {
            case ALL -> true;
            case JOB -> silence.name().equals(notice.batchJobId());
            case USER -> silence.name().equals(notice.owner());
            case FLAG -> silence.name().equals(notice.flagKind());
            case NODE ->
                notice.jobId() != null
                        && nodes.getOrDefault(notice.jobId(), Set.of()).contains(silence.name());
        };
    }

    /** Whether a channel is silent, for everything. */
    private static boolean silent(Channel channel, List<Silence> silent, Instant moment) {
        QuietHours quiet = channel.terms().quiet();
        return (quiet != null && quiet.at(moment))
                || silent.stream()
                        .anyMatch(one -> one.what() == SilenceKind.ALL && one.on(channel.id()) && one.at(moment));
    }

    private Map<Long, Set<String>> nodes(List<New> some) {
        Map<Long, Set<String>> nodes = new HashMap<>();
        List<Long> jobs = some.stream()
                .map(New::jobId)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        if (!jobs.isEmpty()) {
            jdbc.sql("SELECT s.job_id, n.name FROM slot s JOIN node n ON n.id = s.node_id WHERE s.job_id IN (:jobs)")
                    .param("jobs", jobs)
                    .query(row -> {
                        nodes.computeIfAbsent(row.getLong(1), job -> new HashSet<>())
                                .add(row.getString(2));
                    });
        }
        return nodes;
    }

    // ------------------------------------------------------------------------------------------------ to messages

    private record Lane(
            long channel,
            String recipient,
            int notices,
            boolean onItsWay,
            @Nullable Instant last) {}

    private int gather(List<Channel> from, List<Silence> silent, Instant now) {
        Map<Long, Channel> byId = new HashMap<>();
        from.forEach(channel -> byId.put(channel.id(), channel));
        List<Lane> lanes = jdbc.sql("""
                        SELECT w.*, EXISTS (SELECT 1 FROM notice_message m WHERE m.channel_id = w.channel_id
                                AND m.recipient = w.recipient AND m.state = 'WAITING') on_its_way,
                            (SELECT MAX(made_at) FROM notice_message m WHERE m.channel_id = w.channel_id
                                AND m.recipient = w.recipient) last
                        FROM (SELECT channel_id, recipient, COUNT(*) notices FROM notice_telling
                            WHERE state = 'WAITING' AND message_id IS NULL GROUP BY channel_id, recipient) w
                        """)
                .query((row, number) -> new Lane(
                        row.getLong("channel_id"),
                        row.getString("recipient"),
                        row.getInt("notices"),
                        row.getBoolean("on_its_way"),
                        row.getObject("last", Instant.class)))
                .list();
        int made = 0;
        for (Lane lane : lanes) {
            Channel channel = byId.get(lane.channel());
            if (channel != null && due(lane, channel, silent, now)) {
                make(lane, now);
                made++;
            }
        }
        return made;
    }

    private static boolean due(Lane lane, Channel channel, List<Silence> silent, Instant now) {
        boolean owner = !lane.recipient().isEmpty();
        if (lane.onItsWay() || (!owner && silent(channel, silent, now))) {
            return false;
        }
        Duration digest = channel.terms().digest();
        Duration pause = owner && digest.compareTo(OWNERS_DIGEST) > 0 ? OWNERS_DIGEST : digest;
        return lane.last() == null || !now.isBefore(lane.last().plus(pause));
    }

    private void make(Lane lane, Instant now) {
        String id = UUID.randomUUID().toString();
        jdbc.sql("""
                        INSERT INTO notice_message (message_id, channel_id, recipient, notices, made_at, state, next_at)
                        VALUES (:id, :channel, :recipient, :notices, :now, 'WAITING', :now)
                        """)
                .param("id", id)
                .param("channel", lane.channel())
                .param("recipient", lane.recipient())
                .param("notices", lane.notices())
                .param("now", now)
                .update();
        jdbc.sql("""
                        UPDATE notice_telling SET message_id = LAST_INSERT_ID() WHERE state = 'WAITING'
                            AND channel_id = :channel AND recipient = :recipient AND message_id IS NULL
                        """)
                .param("channel", lane.channel())
                .param("recipient", lane.recipient())
                .update();
    }
}
