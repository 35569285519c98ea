package org.postrider.command.multi;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.postrider.command.OctetPath;
import org.postrider.command.ScriptMessages;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.config.ServiceSettings;
import org.postrider.master.OtherMailSystem;

/// `postmulti -e destroy`: takes away what a mail system without mail has made for itself, and
/// nothing else. What is left for any other reason is named.
final class Removal {
    /// Of queue_directory, Postfix's own too.
    private static final List<String> QUEUE =
            List.of(
                    "active",
                    "bounce",
                    "body",
                    "corrupt",
                    "defer",
                    "deferred",
                    "flush",
                    "hold",
                    "incoming",
                    "journal",
                    "maildrop",
                    "pid",
                    "private",
                    "public",
                    "saved",
                    "trace");

    /// What the server leaves there, and is made anew by the next start.
    private static final List<String> LEFT_BEHIND = List.of("journal", "pid", "private", "public");

    private final Instance one;
    private final Edits edits;
    private final ScriptMessages script;

    Removal(Instance one, Edits edits, ScriptMessages script) {
        this.one = one;
        this.edits = edits;
        this.script = script;
    }

    /// Whether a mail system, ours or another, is on its directories.
    boolean running() {
        Terminal terminal = Terminal.system();
        ServiceSettings settings =
                ToolConfig.unchecked(
                        "postmulti", 1, ToolConfig.directory(one.directory(), terminal), terminal);
        return OtherMailSystem.running(settings) != null;
    }

    void remove() {
        Path queue = OctetPath.of(one.queue());
        boolean mail =
                Files.isDirectory(queue.resolve("journal")) && edits.hasMail(one.directory());
        for (String each : QUEUE) {
            Path directory = queue.resolve(each);
            if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                if (!mail && LEFT_BEHIND.contains(each)) {
                    clear(directory);
                }
                directory(directory);
            }
        }
        Path data = OctetPath.of(one.data());
        for (String each : List.of("master.lock", "prng_exch")) {
            delete(data.resolve(each));
        }
        directory(data);
        directory(queue);
        Path configuration = OctetPath.of(one.directory());
        delete(configuration.resolve("master.cf"));
        delete(configuration.resolve("main.cf"));
        directory(configuration);
    }

    /// Files of a directory, not those of directories within.
    private static void clear(Path directory) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
            for (Path each : all) {
                if (!Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                    delete(each);
                }
            }
        } catch (IOException e) {
            // The directory is named when it cannot go.
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Its directory is named when it cannot go.
        }
    }

    private void directory(Path directory) {
        try {
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            script.say("warning: " + directory + ": please verify contents and remove by hand");
        }
    }
}
