package org.slotwarden.portal.evidence;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.user.Viewer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Looks evidence up. Users see that of their own jobs' flags; others' do not exist for them. */
@Service
public class EvidenceQueries {

    private static final String FROM = " FROM flag_evidence l JOIN evidence e ON e.id = l.evidence_id"
            + " JOIN slot s ON s.id = e.slot_id JOIN node n ON n.id = s.node_id JOIN job j ON j.id = s.job_id"
            + " WHERE (:admin OR j.user_name = :viewer)";
    private static final String COLUMNS =
            "SELECT l.flag_id, n.name, e.id, e.reason, e.for_kill, e.asked_at, e.expires_at, e.taken_at, e.stored_at";
    private static final String ORDER = " ORDER BY e.asked_at, e.id";

    private final JdbcClient jdbc;
    private final EvidenceForm form;
    private final Clock clock;

    EvidenceQueries(JdbcClient jdbc, EvidenceForm form, Clock clock) {
        this.jdbc = jdbc;
        this.form = form;
        this.clock = clock;
    }

    /** By the time it was asked for; empty when there is no such flag that the viewer may see. */
    public Optional<List<FlagEvidence>> ofFlag(long flagId, Viewer viewer) {
        boolean known = jdbc.sql("SELECT COUNT(*) FROM flag f JOIN job j ON j.id = f.job_id"
                                + " WHERE f.id = :flag AND (:admin OR j.user_name = :viewer)")
                        .param("flag", flagId)
                        .param("admin", viewer.admin())
                        .param("viewer", viewer.name())
                        .query(Long.class)
                        .single()
                == 1;
        return known ? Optional.of(ofFlags(List.of(flagId), viewer, true)) : Optional.empty();
    }

    /** @param whole whether to read what came, or only that it came */
    public List<FlagEvidence> ofFlags(Collection<Long> flagIds, Viewer viewer, boolean whole) {
        if (flagIds.isEmpty()) {
            return List.of();
        }
        Instant now = clock.instant();
        return jdbc.sql(COLUMNS + (whole ? ", e.data" : ", NULL AS data") + FROM + " AND l.flag_id IN (:flags)" + ORDER)
                .param("flags", flagIds)
                .param("admin", viewer.admin())
                .param("viewer", viewer.name())
                .query((ResultSet row, int number) -> evidence(row, now))
                .list();
    }

    private FlagEvidence evidence(ResultSet row, Instant now) throws SQLException {
        Instant stored = row.getObject("stored_at", Instant.class);
        byte @Nullable [] data = row.getBytes("data");
        FlagEvidence.State state = stored != null
                ? FlagEvidence.State.STORED
                : row.getObject("expires_at", Instant.class).isAfter(now)
                        ? FlagEvidence.State.ASKED
                        : FlagEvidence.State.UNANSWERED;
        return new FlagEvidence(
                row.getLong("id"),
                row.getLong("flag_id"),
                row.getString("name"),
                row.getString("reason"),
                row.getBoolean("for_kill"),
                row.getObject("asked_at", Instant.class),
                row.getObject("taken_at", Instant.class),
                stored,
                state,
                data == null ? null : form.read(data));
    }
}
