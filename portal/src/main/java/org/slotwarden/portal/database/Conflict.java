package org.slotwarden.portal.database;

import java.sql.SQLException;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DuplicateKeyException;

/** Tells whether a transaction failed because of another one: tried again, it finds what that one made. */
public final class Conflict {

    /** Of SQL states: the transaction was rolled back (ISO 9075, class 40). A deadlock is 40001. */
    private static final String ROLLED_BACK = "40";

    /**
     * Of MariaDB's driver: it has found another node of the cluster. What was begun at the former is gone, or was
     * committed when the answer was lost: who tries again has to look.
     */
    private static final String AT_ANOTHER_NODE = "25S03";

    /** ER_CHECKREAD: a row has changed since it was read. Its state, HY000, says nothing. */
    private static final int CHANGED_SINCE_READ = 1020;

    private static final int DEEPEST = 20;

    private Conflict() {}

    /**
     * Galera finds conflicts with transactions of other nodes at the commit, and what Spring makes of a commit that
     * failed says nothing of the reason: that stands in the causes.
     */
    public static boolean isOne(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof DuplicateKeyException
                    || cause instanceof ConcurrencyFailureException
                    || (cause instanceof SQLException sql && isOne(sql))) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean isOne(SQLException failure) {
        String state = failure.getSQLState();
        return (state != null && (state.startsWith(ROLLED_BACK) || state.equals(AT_ANOTHER_NODE)))
                || failure.getErrorCode() == CHANGED_SINCE_READ;
    }
}
