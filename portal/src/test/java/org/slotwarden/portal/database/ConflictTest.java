package org.slotwarden.portal.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.TransactionSystemException;

class ConflictTest {

    @Test
    void anotherTransactionWasFaster() {
        assertThat(Conflict.isOne(new DuplicateKeyException("job"))).isTrue();
        assertThat(Conflict.isOne(new CannotAcquireLockException("deadlock"))).isTrue();
        assertThat(Conflict.isOne(new IllegalStateException(
                        new SQLException("Record has changed since last read in table 'job'", "HY000", 1020))))
                .isTrue();
    }

    @Test
    void aCommitThatTheClusterRefusesIsRecognisedByItsCause() {
        var refused = new SQLTransactionRollbackException("Deadlock found when trying to get lock", "40001", 1213);
        assertThat(Conflict.isOne(new TransactionSystemException(
                        "Could not commit JPA transaction", new IllegalStateException(refused))))
                .isTrue();
    }

    @Test
    void theTransactionIsGoneWithTheNodeAndTheDriverHasFoundAnother() {
        assertThat(Conflict.isOne(new DataAccessResourceFailureException(
                        "insert", new SQLTransientConnectionException("reconnected", "25S03"))))
                .isTrue();
    }

    @Test
    void tryingAgainDoesNotHelpAgainstOtherFailures() {
        var gone = new SQLNonTransientConnectionException("connection lost", "08000", 1047);
        assertThat(Conflict.isOne(new TransactionSystemException("Could not commit", gone)))
                .isFalse();
        assertThat(Conflict.isOne(new DataIntegrityViolationException("too long", new SQLException())))
                .isFalse();
    }

    @Test
    void causesInACircleAreLeft() {
        var one = new IllegalStateException("one");
        one.initCause(new IllegalStateException("other", one));
        assertThat(Conflict.isOne(one)).isFalse();
    }
}
