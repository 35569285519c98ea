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
/// nothing else: caches, others' files and links stay and are named.
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

    /// What the server leaves there, and is made anew by the next start; of `body` what no mail
    /// refers to.
    private static final List<String> LEFT_BEHIND =
            List.of("body", "journal", "pid", "private", "public");

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
        return OtherMailSystem.running(settings()) != null;
    }

    /// Whether there is mail, or nobody can tell. It is not [#running].
    boolean hasMail() {
        return edits.hasMail(one.directory(), settings());
    }

    private ServiceSettings settings() {
        Terminal terminal = Terminal.system();
        return ToolConfig.unchecked(
                "postmulti", 1, ToolConfig.directory(one.directory(), terminal), terminal);
    }

    /// Of one that has no mail.
    void remove() {
        Path queue = OctetPath.of(one.queue());
        for (String each : QUEUE) {
            Path directory = queue.resolve(each);
            if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                if (LEFT_BEHIND.contains(each)) {
                    clear(directory);
                }
                directory(directory);
            }
        }
        Path data = OctetPath.of(one.data());
        for (String each : List.of("master.lock", "prng_exch", "helper/under-way", "helper")) {
            delete(data.resolve(each));
        }
        Path stories = data.resolve("trace");
        if (Files.isDirectory(stories, LinkOption.NOFOLLOW_LINKS)) {
            clear(stories);
            directory(stories);
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

    /// A link to one stays: what it leads to would have no name.
    private void directory(Path directory) {
        try {
            if (!Files.isSymbolicLink(directory)) {
                Files.deleteIfExists(directory);
                return;
            }
        } catch (IOException e) {
            // It is not empty.
        }
        script.say("warning: " + directory + ": please verify contents and remove by hand");
    }
}
