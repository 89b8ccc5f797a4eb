package org.slotwarden.portal.notice;

import java.nio.file.Path;
import org.slotwarden.portal.database.DataDirectory;
import org.slotwarden.portal.secret.Seal;
import org.slotwarden.portal.secret.SecretFile;
import org.springframework.stereotype.Component;

/**
 * Seals what channels have to keep secret, with the key in the file {@code channel-key} of the data directory, made at
 * the first start. Several portals of one site share the file.
 */
@Component
class ChannelKey {

    private final Seal seal;

    ChannelKey(DataDirectory directory) {
        Path file = directory.resolve("channel-key");
        try {
            seal = new Seal(SecretFile.readOrCreate(file, Seal::newKey));
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(file
                    + " is not the key that a portal made. Restore it, or remove it and give the secrets of all"
                    + " channels again");
        }
    }

    Seal seal() {
        return seal;
    }
}
