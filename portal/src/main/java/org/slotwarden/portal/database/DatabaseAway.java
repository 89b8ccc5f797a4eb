package org.slotwarden.portal.database;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/** Tells whether something failed because the database is away, ends or begins: it may be asked again later. */
public final class DatabaseAway {

    /** Who asked may ask again after this time: a server that was killed is back in seconds. */
    public static final Duration COME_BACK = Duration.ofSeconds(10);

    /** Class 08 of SQL states: the connection. */
    private static final String CONNECTION = "08";

    /**
     * ER_SERVER_SHUTDOWN, ER_UNKNOWN_COM_ERROR (of a node of a cluster that is not in step), ER_CONNECTION_KILLED,
     * ER_QUERY_INTERRUPTED, ER_NEW_ABORTING_CONNECTION.
     */
    private static final Set<Integer> ENDS = Set.of(1053, 1047, 1927, 1317, 1184);

    private static final int DEEPEST = 20;

    private DatabaseAway() {}

    /** Looks through the causes: what failed at a commit is named by them only. */
    public static boolean isWhy(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof DataAccessResourceFailureException
                    || cause instanceof RecoverableDataAccessException
                    || cause instanceof CannotCreateTransactionException
                    || (cause instanceof SQLException sql && isWhy(sql))) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean isWhy(SQLException failure) {
        String state = failure.getSQLState();
        return failure instanceof SQLTransientConnectionException
                || failure instanceof SQLNonTransientConnectionException
                || failure instanceof SQLRecoverableException
                || failure instanceof SQLTimeoutException
                || (state != null && state.startsWith(CONNECTION))
                || ENDS.contains(failure.getErrorCode());
    }
}
