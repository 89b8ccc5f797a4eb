package org.slotwarden.portal.database;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * Tells whether something failed because the database gave no answer: it may be asked again later. Why it gave none is
 * told apart, as it is mended in different places.
 */
public enum DatabaseAway {
    /** It is not there, ends or begins. */
    AWAY("The database is away"),
    /** It was asked and did not answer in time ({@code socketTimeout}, {@code max_statement_time}). */
    SLOW("The database did not answer in time"),
    /** All connections are in use: by too many requests, or by those that wait for a database that hangs. */
    BUSY("All connections to the database are in use");

    /** Who asked may ask again after this time: a server that was killed is back in seconds. */
    public static final Duration COME_BACK = Duration.ofSeconds(10);

    /** Class 08 of SQL states: the connection. */
    private static final String CONNECTION = "08";

    /**
     * ER_SERVER_SHUTDOWN, ER_UNKNOWN_COM_ERROR (of a node of a cluster that is not in step), ER_CONNECTION_KILLED,
     * ER_QUERY_INTERRUPTED, ER_NEW_ABORTING_CONNECTION.
     */
    private static final Set<Integer> ENDS = Set.of(1053, 1047, 1927, 1317, 1184);

    /** ER_STATEMENT_TIMEOUT. */
    private static final int STATEMENT_TIMEOUT = 1969;

    /** What the pool (HikariCP) says when it had no connection to give; of none in all, none could be made. */
    private static final Pattern POOL = Pattern.compile("\\(total=(\\d+), active=(\\d+), ");

    private static final int DEEPEST = 20;

    private final String words;

    DatabaseAway(String words) {
        this.words = words;
    }

    /** A clause for people. */
    public String words() {
        return words;
    }

    /** Looks through the causes: what failed at a commit is named by them only. Empty: it failed for another reason. */
    public static Optional<DatabaseAway> why(@Nullable Throwable failure) {
        DatabaseAway found = null;
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            DatabaseAway here = ofOne(cause);
            // What lies deeper knows better what happened.
            found = here == null || (here == AWAY && found != null) ? found : here;
            cause = cause.getCause();
        }
        return Optional.ofNullable(found);
    }

    private static @Nullable DatabaseAway ofOne(Throwable failure) {
        if (failure instanceof QueryTimeoutException) {
            return SLOW;
        }
        if (failure instanceof SQLException sql) {
            return of(sql);
        }
        return failure instanceof DataAccessResourceFailureException
                        || failure instanceof RecoverableDataAccessException
                        || failure instanceof CannotCreateTransactionException
                ? AWAY
                : null;
    }

    private static @Nullable DatabaseAway of(SQLException failure) {
        if (failure instanceof SQLTimeoutException
                || failure.getErrorCode() == STATEMENT_TIMEOUT
                || (failure.getCause() instanceof SocketTimeoutException timeout && isOfAnAnswer(timeout))) {
            return SLOW;
        }
        if (failure instanceof SQLTransientConnectionException) {
            return poolIsEmpty(failure) ? BUSY : AWAY;
        }
        String state = failure.getSQLState();
        return failure instanceof SQLNonTransientConnectionException
                        || failure instanceof SQLRecoverableException
                        || (state != null && state.startsWith(CONNECTION))
                        || ENDS.contains(failure.getErrorCode())
                ? AWAY
                : null;
    }

    /** Not of an attempt to connect, which nobody answered. */
    private static boolean isOfAnAnswer(SocketTimeoutException timeout) {
        return String.valueOf(timeout.getMessage()).startsWith("Read");
    }

    private static boolean poolIsEmpty(SQLException failure) {
        Matcher pool = POOL.matcher(String.valueOf(failure.getMessage()));
        return pool.find() && !pool.group(1).equals("0") && pool.group(1).equals(pool.group(2));
    }
}
