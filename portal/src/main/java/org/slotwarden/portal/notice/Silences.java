package org.slotwarden.portal.notice;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.user.Viewer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Silences, which admins make and end. */
@Service
@Transactional
public class Silences {

    private static final int MOST = 500;
    private static final int LONGEST_NAME = 256;
    private static final int LONGEST_WHY = 200;
    private static final Duration LONGEST = Duration.ofDays(366);

    private final JdbcClient jdbc;
    private final ChannelStore channels;
    private final Audit audit;
    private final Clock clock;

    Silences(JdbcClient jdbc, ChannelStore channels, Audit audit, Clock clock) {
        this.jdbc = jdbc;
        this.channels = channels;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * A silence as it is asked for.
     *
     * @param channel its id; null: on all
     * @param from now, when nothing is said
     */
    public record Wish(
            @Nullable Long channel,
            @Nullable String what,
            @Nullable String name,
            @Nullable Instant from,
            @Nullable Instant until,
            @Nullable String why) {}

    /** Those that are not over, the first to end first. */
    @Transactional(readOnly = true)
    public List<Silence> open(Viewer viewer) {
        demandAdmin(viewer);
        return open(clock.instant());
    }

    List<Silence> open(Instant now) {
        return jdbc.sql("SELECT * FROM silence WHERE until_at > ? ORDER BY until_at, id")
                .param(now)
                .query(Silences::silence)
                .list();
    }

    private static Silence silence(ResultSet row, int number) throws SQLException {
        return new Silence(
                row.getLong("id"),
                row.getObject("channel_id", Long.class),
                SilenceKind.valueOf(row.getString("what")),
                row.getString("name"),
                row.getObject("from_at", Instant.class),
                row.getObject("until_at", Instant.class),
                row.getString("why"),
                row.getString("made_by"));
    }

    /**
     * @throws ChannelRefused with what is wrong, and where
     * @throws ChannelConflict when there are too many
     */
    public Silence make(Wish wish, Viewer viewer) {
        demandAdmin(viewer);
        Instant now = clock.instant();
        SilenceKind what = SilenceKind.named(text(wish.what()))
                .orElseThrow(() -> new ChannelRefused("what", "must be all, job, user, node or flag"));
        String name = text(wish.name());
        if (what == SilenceKind.ALL ? !name.isEmpty() : !line(name, LONGEST_NAME) || name.isEmpty()) {
            throw new ChannelRefused(
                    "name",
                    what == SilenceKind.ALL
                            ? "is not for a silence of everything"
                            : "must be the name of what is silenced, 1 to " + LONGEST_NAME + " characters");
        }
        String why = text(wish.why());
        if (!line(why, LONGEST_WHY)) {
            throw new ChannelRefused("why", "may have at most " + LONGEST_WHY + " characters, on one line");
        }
        Instant from = Objects.requireNonNullElse(wish.from(), now);
        Instant until = wish.until();
        if (until == null || !until.isAfter(now) || !until.isAfter(from)) {
            throw new ChannelRefused("until", "must be a time to come, after from");
        }
        if (until.isAfter(now.plus(LONGEST))) {
            throw new ChannelRefused("until", "must be within a year");
        }
        if (wish.channel() != null && channels.find(wish.channel()).isEmpty()) {
            throw new ChannelRefused("channel", "is none that there is");
        }
        if (open(now).size() >= MOST) {
            throw new ChannelConflict("There are " + MOST + " silences, more there may not be");
        }
        Silence made = insert(new Silence(0, wish.channel(), what, name, from, until, why, viewer.name()));
        audit.add(
                Actor.of(viewer),
                "silence-made",
                "silence " + made.id(),
                null,
                made.words() + " from " + from + " to " + until + (why.isEmpty() ? "" : ": " + why));
        return made;
    }

    private Silence insert(Silence one) {
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        jdbc.sql("INSERT INTO silence (channel_id, what, name, from_at, until_at, why, made_by)"
                        + " VALUES (:channel, :what, :name, :from, :until, :why, :by)")
                .param("channel", one.channelId())
                .param("what", one.what().name())
                .param("name", one.name())
                .param("from", one.from())
                .param("until", one.until())
                .param("why", one.why())
                .param("by", one.madeBy())
                .update(key, "id");
        long id = Objects.requireNonNull(key.getKey()).longValue();
        return new Silence(
                id, one.channelId(), one.what(), one.name(), one.from(), one.until(), one.why(), one.madeBy());
    }

    /**
     * Ends it now.
     *
     * @return false when there is none that is not over
     */
    public boolean end(long id, Viewer viewer) {
        demandAdmin(viewer);
        Optional<Silence> found = jdbc.sql("SELECT * FROM silence WHERE id = ? AND until_at > ? FOR UPDATE")
                .params(id, clock.instant())
                .query(Silences::silence)
                .optional();
        found.ifPresent(one -> {
            jdbc.sql("UPDATE silence SET until_at = ? WHERE id = ?")
                    .params(clock.instant(), id)
                    .update();
            audit.add(Actor.of(viewer), "silence-ended", "silence " + id, null, one.words());
        });
        return found.isPresent();
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text.strip();
    }

    private static boolean line(String text, int most) {
        return text.codePointCount(0, text.length()) <= most && text.chars().noneMatch(Character::isISOControl);
    }

    private static void demandAdmin(Viewer viewer) {
        if (!viewer.admin()) {
            throw new AccessDeniedException("Only admins see and make silences");
        }
    }
}
