package org.slotwarden.portal.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that was done.
 *
 * @param id 1, 2, 3, ... without a hole
 * @param at to the millisecond
 * @param action one word: {@code order-kill}, {@code policy-on}, ...
 * @param subject what it was done to: {@code job 17}, {@code policy 3}, ...
 * @param jobId of the job that it was about; stays when the job is deleted
 * @param about the reason and the outcome, for people
 */
public record AuditEntry(
        long id,
        Instant at,
        Actor actor,
        String action,
        String subject,
        @Nullable Long jobId,
        String about) {

    /** SHA-256 of the hash before and all that is told, each with its length before it. */
    byte[] hash(byte[] previous) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(previous);
            digest.update(ByteBuffer.allocate(16)
                    .putLong(id)
                    .putLong(at.toEpochMilli())
                    .array());
            for (String text : new String[] {
                actor.name(), actor.kind().name(), action, subject, jobId == null ? "" : Long.toString(jobId), about
            }) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
                digest.update(bytes);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
