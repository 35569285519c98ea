package org.postrider.maps.remote;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/// Opens SQLite databases and leaves nothing behind. The driver writes its native library, a
/// megabyte, among the temporary files and deletes it when Java exits, which neither a command that
/// halts nor a server that is killed does. So it gets a directory of its own, and that is deleted
/// as soon as the library is loaded. Any thread.
final class SqliteDriver {
    /// The driver's: where its library is written.
    private static final String DIRECTORY = "org.sqlite.tmpdir";

    private SqliteDriver() {}

    static Connection connect(String url, Properties login) throws SQLException {
        // Set: the library is loaded, or somebody has said where it is to be.
        if (System.getProperty(DIRECTORY) != null) {
            return DriverManager.getConnection(url, login);
        }
        Path own;
        try {
            own = Files.createTempDirectory("sqlite-");
        } catch (IOException e) {
            throw new SQLException("no directory for the driver: " + e.getMessage(), e);
        }
        boolean loaded = false;
        System.setProperty(DIRECTORY, own.toString());
        try {
            Connection made = DriverManager.getConnection(url, login);
            loaded = true;
            return made;
        } finally {
            if (!loaded) {
                System.clearProperty(DIRECTORY);
            }
            delete(own);
        }
    }

    private static void delete(Path directory) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path each : files) {
                Files.deleteIfExists(each);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // what is left stays until somebody clears the temporary files
        }
    }
}
