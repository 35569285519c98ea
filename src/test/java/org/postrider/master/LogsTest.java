package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.config.ServiceSettings;
import org.postrider.log.Events;
import org.postrider.log.LogTag;

/// Logs in files: what root's commands make there.
final class LogsTest {
    private static final LogTag TAG = new LogTag("postfix/postlog", 1);

    @TempDir private Path directory;

    @BeforeEach
    void isRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
    }

    private ServiceSettings settings(String... more) {
        Map<String, String> all = new HashMap<>();
        all.put("maillog_file", directory + "/mail.log");
        all.put("maillog_json_file", directory + "/mail.json");
        all.put("data_directory", directory + "/data");
        all.put("mail_owner", "nobody");
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return ServiceSettings.none().with(all);
    }

    private void say(ServiceSettings settings) {
        try (Events log = Logs.command(settings, TAG, true)) {
            log.info(TAG, "line");
        }
    }

    /// After a rotation a command of root's may be the first to write: the server must be able to
    /// go on in that file, in a directory in which it can make none.
    @Test
    void aLogThatRootMakesIsTheServers() throws IOException {
        say(settings("maillog_file_permissions", "0640"));
        for (Path log : List.of(directory.resolve("mail.log"), directory.resolve("mail.json"))) {
            assertEquals("nobody", Files.getOwner(log).getName(), log.toString());
            assertEquals(
                    "rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(log)));
        }
        assertTrue(Files.readString(directory.resolve("mail.log")).endsWith("]: line\n"));
    }

    @Test
    void aServerOfRootsHasRootsLogs() throws IOException {
        say(settings("postrider_drop_privileges", "no"));
        assertEquals("root", Files.getOwner(directory.resolve("mail.log")).getName());
    }

    /// Whose it is already is decided at start and reload, where links are looked at.
    @Test
    void aLinkOrAFileThatIsThereIsNotGivenAway() throws IOException {
        Path target = Files.createFile(directory.resolve("target"));
        Files.createSymbolicLink(directory.resolve("mail.log"), target);
        Path json = Files.createFile(directory.resolve("mail.json"));
        say(settings());
        assertEquals("root", Files.getOwner(target).getName());
        assertEquals("root", Files.getOwner(json).getName());
    }
}
