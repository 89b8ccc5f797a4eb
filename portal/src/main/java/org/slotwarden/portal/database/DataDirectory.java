package org.slotwarden.portal.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the portal keeps what is its own: the embedded database and generated secrets.
 *
 * @param dataDirectory {@code slotwarden.data-directory}; made with mode 0700 when it is not there
 */
@ConfigurationProperties("slotwarden")
public record DataDirectory(@DefaultValue("data") Path dataDirectory) {

    public DataDirectory {
        dataDirectory = dataDirectory.toAbsolutePath().normalize();
    }

    /** The path of a file or directory in the data directory, which exists afterwards. */
    public Path resolve(String name) {
        makePrivate(dataDirectory);
        return dataDirectory.resolve(name);
    }

    static Path makePrivate(Path directory) {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make the directory " + directory, e);
        }
    }
}
