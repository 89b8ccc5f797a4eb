package org.slotwarden.agent.send;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.slotwarden.agent.send.PortalClient.PortalRefused;

/** The node's token, read anew for every request: a new one works without a restart. Never logged. */
record Token(Path file) {

    private static final int MAX_BYTES = 4096;

    /** @throws PortalRefused when there is none, or when others could have read it */
    String read() throws PortalRefused {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.contains(PosixFilePermission.OTHERS_READ)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new PortalRefused(
                        0, "token file " + file + " is open to other users; chmod 600 it, and make a new token");
            }
            try (InputStream in = Files.newInputStream(file)) {
                String token = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8).strip();
                if (!token.matches("[\\x21-\\x7e]+")) {
                    throw new PortalRefused(0, "token file " + file + " does not hold one token");
                }
                return token;
            }
        } catch (IOException e) {
            throw new PortalRefused(0, "token file " + file + " cannot be read: " + e);
        }
    }
}
