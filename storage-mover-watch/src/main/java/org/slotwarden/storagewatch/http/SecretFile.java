package org.slotwarden.storagewatch.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** A file with a secret, read anew for every request: a new one works without a restart. Never logged. */
public record SecretFile(Path file) {

    private static final int MAX_BYTES = 16 << 10;

    /** @throws IOException when it cannot be read, others could have read it, or it is not one line */
    public String read() throws IOException {
        mustBePrivate(file);
        try (InputStream in = Files.newInputStream(file)) {
            String secret = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8).strip();
            if (!secret.matches("[^\\p{Cntrl}]+")) {
                throw new IOException(file + " does not hold one line with a secret");
            }
            return secret;
        }
    }

    static void mustBePrivate(Path file) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.contains(PosixFilePermission.OTHERS_READ)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(file + " is open to other users; chmod 600 it, and make a new secret");
        }
    }

    /** Another one when the file was written or replaced; tells nothing about its content. */
    public String version() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.fileKey() + " " + attributes.lastModifiedTime().toMillis() + " " + attributes.size();
        } catch (IOException e) {
            return "unreadable";
        }
    }
}
