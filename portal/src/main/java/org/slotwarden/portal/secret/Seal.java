package org.slotwarden.portal.secret;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals secrets of others that the portal has to use again, so that the database alone does not tell them: AES-256-GCM
 * (NIST SP 800-38D) with a random nonce each time. What is sealed for one purpose cannot be opened for another.
 */
public final class Seal {

    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final SecureRandom RANDOM = new SecureRandom();

    /** What was to be opened was sealed with another key, for another purpose, or changed since. */
    public static final class Broken extends Exception {

        private static final long serialVersionUID = 1L;

        private Broken() {
            super("The sealed secret cannot be opened");
        }
    }

    private final SecretKeySpec key;

    /**
     * @param key as {@link #newKey} makes it
     * @throws IllegalArgumentException when it is no such key; the message does not tell it
     */
    public Seal(String key) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(key);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("A key for sealing is 32 bytes in Base64");
        }
        if (bytes.length != KEY_BYTES) {
            throw new IllegalArgumentException("A key for sealing is 32 bytes in Base64");
        }
        this.key = new SecretKeySpec(bytes, "AES");
    }

    /** 256 random bits in Base64. */
    public static String newKey() {
        byte[] key = new byte[KEY_BYTES];
        RANDOM.nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    public byte[] seal(String secret, String purpose) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            byte[] sealed =
                    cipher(Cipher.ENCRYPT_MODE, nonce, purpose).doFinal(secret.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.allocate(nonce.length + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has " + CIPHER, e);
        }
    }

    public String open(byte[] sealed, String purpose) throws Broken {
        if (sealed.length <= NONCE_BYTES) {
            throw new Broken();
        }
        byte[] nonce = Arrays.copyOf(sealed, NONCE_BYTES);
        try {
            byte[] secret = cipher(Cipher.DECRYPT_MODE, nonce, purpose)
                    .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
            return new String(secret, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new Broken();
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String purpose) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(purpose.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
