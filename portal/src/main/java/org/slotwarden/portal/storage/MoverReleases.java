package org.slotwarden.portal.storage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.database.ReadsOnly;
import org.slotwarden.portal.user.Viewer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Orders to end single movers, which lets their clients fail. For admins. */
@Service
public class MoverReleases {

    /** Characters of a reason. */
    public static final int MOST_REASON = 200;

    private final JdbcClient jdbc;
    private final StorageQueries queries;
    private final Audit audit;
    private final StorageSettings settings;
    private final Clock clock;

    MoverReleases(JdbcClient jdbc, StorageQueries queries, Audit audit, StorageSettings settings, Clock clock) {
        this.jdbc = jdbc;
        this.queries = queries;
        this.audit = audit;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Orders to end a mover. The watch is told with its next answers.
     *
     * @param reason 1 to {@value #MOST_REASON} characters without control characters
     * @return empty when there is no such mover that the viewer may see
     * @throws StorageRefused when it is not there any more, its end was ordered already, the watch may not end movers or
     *     is not heard, or the reason cannot be
     * @throws AccessDeniedException for others than admins
     */
    @Transactional
    public Optional<MoverRelease> order(long mover, @Nullable String reason, Viewer viewer) {
        Mover target = queries.mover(mover, viewer).orElse(null);
        if (target == null) {
            return Optional.empty();
        }
        if (!viewer.admin()) {
            throw new AccessDeniedException("Only admins end movers");
        }
        String why = checked(reason);
        StorageStatus system = queries.system(target.storage()).orElseThrow();
        // Two admins who press at once: the second finds what the first ordered.
        jdbc.sql("SELECT id FROM storage_mover WHERE id = ? FOR UPDATE")
                .param(mover)
                .query(Long.class)
                .optional();
        check(target, system);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Instant expires = now.plus(settings.releaseValidFor());
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        jdbc.sql("""
                        INSERT INTO storage_release (storage_id, mover_row, pool, mover_id, submitted_at, job_id, author,
                            reason, ordered_at, expires_at, state)
                        VALUES (:storage, :mover, :pool, :id, :submitted, :job, :author, :reason, :now, :expires, 'OPEN')
                        """)
                .param("storage", system.id())
                .param("mover", mover)
                .param("pool", target.pool())
                .param("id", target.moverId())
                .param("submitted", target.submittedAt())
                .param("job", target.attribution().jobId())
                .param("author", viewer.name())
                .param("reason", why)
                .param("now", now)
                .param("expires", expires)
                .update(key, "id");
        audit.add(
                Actor.of(viewer),
                "mover-release",
                subject(target.storage(), target.pool(), Objects.requireNonNull(target.moverId())),
                target.attribution().jobId(),
                why);
        return Optional.of(new MoverRelease(
                Objects.requireNonNull(key.getKey()).longValue(),
                mover,
                viewer.name(),
                why,
                now,
                expires,
                null,
                MoverRelease.State.OPEN,
                null,
                null));
    }

    static String subject(String storage, String pool, long moverId) {
        return "mover " + moverId + " of pool " + pool + " of storage " + storage;
    }

    private void check(Mover target, StorageStatus system) {
        if (target.goneAt() != null || target.moverId() == null || target.submittedAt() == null) {
            throw StorageRefused.conflict("This mover is not there any more");
        }
        if (!system.mayRelease()) {
            throw StorageRefused.conflict("The watch of " + system.name() + " is not allowed to end movers");
        }
        if (!system.fresh()) {
            throw StorageRefused.conflict(
                    "The newest look at " + system.name() + " is old: what is there now is not known");
        }
        boolean open = ofMover(target.id()).stream().anyMatch(one -> one.state() == MoverRelease.State.OPEN);
        if (open) {
            throw StorageRefused.conflict("The end of this mover was ordered already");
        }
    }

    private static String checked(@Nullable String reason) {
        String text = reason == null ? "" : reason.strip();
        if (text.isEmpty() || text.codePointCount(0, text.length()) > MOST_REASON) {
            throw StorageRefused.parameter("reason", "must be 1 to " + MOST_REASON + " characters");
        }
        if (text.codePoints().anyMatch(Character::isISOControl)) {
            throw StorageRefused.parameter("reason", "must have no control characters");
        }
        return text;
    }

    /** What was ordered of a mover, the newest first. */
    @ReadsOnly
    public List<MoverRelease> ofMover(long mover) {
        return jdbc.sql("SELECT * FROM storage_release WHERE mover_row = ? ORDER BY id DESC")
                .param(mover)
                .query((row, number) -> release(row))
                .list();
    }

    /** What was ordered lately, the newest first. */
    @ReadsOnly
    public List<MoverRelease> latest(int most) {
        return jdbc.sql("SELECT * FROM storage_release ORDER BY id DESC LIMIT ?")
                .param(most)
                .query((row, number) -> release(row))
                .list();
    }

    private static MoverRelease release(ResultSet row) throws SQLException {
        return new MoverRelease(
                row.getLong("id"),
                row.getLong("mover_row"),
                row.getString("author"),
                row.getString("reason"),
                row.getObject("ordered_at", Instant.class),
                row.getObject("expires_at", Instant.class),
                StorageRows.time(row, "told_at"),
                MoverRelease.State.valueOf(row.getString("state")),
                row.getString("detail"),
                StorageRows.time(row, "done_at"));
    }
}
