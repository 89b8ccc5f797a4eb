package org.slotwarden.portal.storage;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.secret.Secrets;
import org.slotwarden.portal.user.Viewer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Tokens of storage watches: {@code sws_} and 256 random bits, stored as their SHA-256. Each storage system has one, and
 * a watch reports seldom: the database is asked each time, and a token that was withdrawn opens nothing any more.
 */
@Service
public class StorageWatches {

    private static final String PREFIX = "sws_";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final JdbcClient jdbc;
    private final Audit audit;
    private final Clock clock;

    StorageWatches(JdbcClient jdbc, Audit audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /** Whether a storage system can be called so: 1 to 64 letters, digits, dots, hyphens and underscores of ASCII. */
    public static boolean mayBeName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * Makes the token of a storage system's watch; the system is known from now on. A token issued earlier opens nothing
     * any more.
     *
     * @return the token, for the only time
     * @throws StorageRefused when none can have this name, see {@link #mayBeName}
     */
    @Transactional
    public String issue(String name, Viewer viewer) {
        onlyAdmins(viewer);
        if (!mayBeName(name)) {
            throw StorageRefused.parameter("name", "must be 1 to 64 letters, digits, dots, hyphens or underscores");
        }
        String token = Secrets.token(PREFIX);
        jdbc.sql("""
                        INSERT INTO storage_system (name, token_digest, token_issued_at, token_issued_by)
                        VALUES (:name, :digest, :now, :by)
                        ON DUPLICATE KEY UPDATE token_digest = :digest, token_issued_at = :now, token_issued_by = :by
                        """)
                .param("name", name)
                .param("digest", Secrets.digest(token))
                .param("now", clock.instant().truncatedTo(ChronoUnit.MILLIS))
                .param("by", viewer.name())
                .update();
        audit.add(Actor.of(viewer), "storage-token", "storage " + name, null, "a token was issued");
        return token;
    }

    /**
     * Withdraws the token. What is known of the storage system stays; one of which nothing was heard is forgotten, for
     * example a name that was mistyped.
     *
     * @return false when there is no such storage system, or it has no token
     */
    @Transactional
    public boolean withdraw(String name, Viewer viewer) {
        onlyAdmins(viewer);
        boolean withdrawn = jdbc.sql("UPDATE storage_system SET token_digest = NULL, token_issued_at = NULL,"
                                + " token_issued_by = NULL WHERE name = ? AND token_digest IS NOT NULL")
                        .param(name)
                        .update()
                == 1;
        if (withdrawn) {
            jdbc.sql("DELETE FROM storage_system WHERE name = ? AND heard_at IS NULL")
                    .param(name)
                    .update();
            audit.add(Actor.of(viewer), "storage-token", "storage " + name, null, "the token was withdrawn");
        }
        return withdrawn;
    }

    /** The storage system whose token this is. */
    public Optional<ReportingWatch> authenticate(String token) {
        if (!token.startsWith(PREFIX)) {
            return Optional.empty();
        }
        byte[] digest = Secrets.digest(token);
        return jdbc.sql("SELECT id, name, token_digest FROM storage_system WHERE token_digest = ?")
                .param(digest)
                .query((row, number) -> Secrets.matches(token, row.getBytes("token_digest"))
                        ? Optional.of(new ReportingWatch(row.getLong("id"), row.getString("name")))
                        : Optional.<ReportingWatch>empty())
                .optional()
                .flatMap(found -> found);
    }

    private static void onlyAdmins(Viewer viewer) {
        if (!viewer.admin()) {
            throw new AccessDeniedException("Only admins give out tokens of watches");
        }
    }
}
