package org.slotwarden.agent.order;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The public keys of which one must have signed an order: Ed25519, in PEM (RFC 8410, section 4). Several, so that a
 * new one can be known to all nodes before the portal signs with it. Read anew each time: a changed file works without
 * a restart.
 */
public record OrderKeys(Path file) {

    private static final int MAX_BYTES = 64 << 10;
    private static final int MAX_KEYS = 10;

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]{1,500})-----END PUBLIC KEY-----");

    /** Why no order can be believed; the message names the file. */
    public static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        Unusable(String message) {
            super(message);
        }
    }

    /**
     * At least one key.
     *
     * @throws Unusable when there is none, or when somebody but root and the agent's own user could have written the file
     */
    public List<PublicKey> read() throws Unusable {
        List<PublicKey> keys = new ArrayList<>();
        Matcher pem = PEM.matcher(text());
        while (pem.find()) {
            if (keys.size() == MAX_KEYS) {
                throw new Unusable("order keys: " + file + " holds more than " + MAX_KEYS);
            }
            keys.add(key(pem.group(1)));
        }
        if (keys.isEmpty()) {
            throw new Unusable("order keys: " + file + " holds no public key in PEM");
        }
        return keys;
    }

    private String text() throws Unusable {
        try {
            Map<String, Object> attributes = Files.readAttributes(file, "unix:uid,permissions");
            Object owner = attributes.get("uid");
            if (!Integer.valueOf(0).equals(owner)
                    && !Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(owner)) {
                throw new Unusable("order keys: " + file + " belongs to another user than root");
            }
            if (attributes.get("permissions") instanceof Set<?> may
                    && (may.contains(PosixFilePermission.GROUP_WRITE)
                            || may.contains(PosixFilePermission.OTHERS_WRITE))) {
                throw new Unusable("order keys: " + file + " can be written by others; chmod 644 it");
            }
            try (InputStream in = Files.newInputStream(file)) {
                return new String(in.readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1);
            }
        } catch (IOException e) {
            throw new Unusable("order keys: " + file + " cannot be read: " + e);
        }
    }

    private PublicKey key(String base64) throws Unusable {
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(base64);
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(bytes));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new Unusable("order keys: " + file + " holds something else than Ed25519 keys: " + e.getMessage());
        }
    }
}
