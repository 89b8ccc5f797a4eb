package org.slotwarden.portal.order;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.slotwarden.portal.database.DataDirectory;
import org.slotwarden.portal.secret.SecretFile;
import org.slotwarden.wire.WireContract;
import org.springframework.stereotype.Component;

/**
 * The key that signs orders (Ed25519, RFC 8032), in the file {@code order-key} of the data directory, made at the first
 * start. Agents know its public half; several portals of one site share the file.
 */
@Component
class OrderKey {

    private static final Base64.Encoder BASE64 = Base64.getEncoder();

    private final PrivateKey key;
    private final PublicKey known;

    OrderKey(DataDirectory directory) {
        Path file = directory.resolve("order-key");
        String[] halves = SecretFile.readOrCreate(file, OrderKey::create).split("\\s+");
        try {
            KeyFactory factory = KeyFactory.getInstance("Ed25519");
            key = factory.generatePrivate(
                    new PKCS8EncodedKeySpec(Base64.getDecoder().decode(halves[0])));
            known = factory.generatePublic(
                    new X509EncodedKeySpec(Base64.getDecoder().decode(halves[1])));
        } catch (GeneralSecurityException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            // Without the text of the file: it is a secret.
            throw new IllegalStateException(
                    file + " is not the key that a portal made. Restore it, or remove it and give the new"
                            + " public key to all nodes",
                    new IOException(e.getClass().getSimpleName()));
        }
    }

    private static String create() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return BASE64.encodeToString(pair.getPrivate().getEncoded()) + "\n"
                    + BASE64.encodeToString(pair.getPublic().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has Ed25519", e);
        }
    }

    /** @param order as it is told */
    byte[] sign(byte[] order) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(WireContract.ORDER_CONTEXT.getBytes(StandardCharsets.UTF_8));
            signature.update(order);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("An order cannot be signed", e);
        }
    }

    /** What agents need to know it by: X.509 SubjectPublicKeyInfo as PEM (RFC 7468). */
    String pem() {
        return "-----BEGIN PUBLIC KEY-----\n" + BASE64.encodeToString(known.getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }
}
