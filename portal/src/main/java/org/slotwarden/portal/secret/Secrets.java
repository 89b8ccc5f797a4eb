package org.slotwarden.portal.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/** Makes secrets and the digests that are stored in their place. */
public final class Secrets {

    /** Length of a digest of {@link #digest}: SHA-256, 32 bytes. */
    public static final int DIGEST_BYTES = 32;

    private static final SecureRandom RANDOM = new SecureRandom();

    private Secrets() {}

    /**
     * A bearer token of 256 random bits, safe in headers and URLs.
     *
     * @param prefix tells people and secret scanners what they look at, for example {@code swt_}
     */
    public static String token(String prefix) {
        return prefix + random(32);
    }

    /** A password of 144 random bits: 24 letters, digits, {@code -} and {@code _}. */
    public static String password() {
        return random(18);
    }

    /**
     * What is stored of a token. A plain SHA-256 is enough for 256 random bits: there is nothing to
     * guess, so nothing that a slow hash would slow down.
     */
    public static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** Compares a presented token with a stored digest, in a time that does not depend on either. */
    public static boolean matches(String token, byte[] digest) {
        return MessageDigest.isEqual(digest(token), digest);
    }

    private static String random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }
}
