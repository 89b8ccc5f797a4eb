package org.slotwarden.portal.storage;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * What an alarm is about: of one subject one alarm is open at most.
 *
 * @param word kind of a trouble
 */
record AlarmSubject(
        StorageAlarm.Kind kind,
        @Nullable String pool,
        @Nullable String queue,
        @Nullable String word) {

    String words() {
        return switch (kind) {
            case QUEUE_FULL -> "queue " + queue + " on " + pool + " is full";
            case IDLE_MOVERS -> "idle movers in queue " + queue + " on " + pool;
            case LEFT_MOVERS -> "movers without their jobs in queue " + queue + " on " + pool;
            case WATCH_SILENT -> "its watch is silent";
            case OLD_SOURCE -> "it tells of the past";
            case TROUBLE -> word + (pool == null ? "" : " on " + pool);
        };
    }

    byte[] key() {
        try {
            String all = kind + "\0" + pool + "\0" + queue + "\0" + word;
            return MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
