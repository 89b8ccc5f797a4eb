package org.slotwarden.portal.database;

/**
 * A bean that keeps in memory what stands in the database. What it forgets it reads again: everything is forgotten
 * when the database may have become another one (a connection was lost, and a replica or a restored backup answers).
 */
public interface RowCache {

    /** Forgets all rows. Any thread may call it at any time. */
    void forget();
}
