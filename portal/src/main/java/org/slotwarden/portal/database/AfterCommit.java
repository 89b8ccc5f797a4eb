package org.slotwarden.portal.database;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What is kept in memory may only follow what is committed. */
public final class AfterCommit {

    private AfterCommit() {}

    /** Runs this when the transaction of this thread has been committed; not at all when it is rolled back. */
    public static void run(Runnable task) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                task.run();
            }
        });
    }
}
