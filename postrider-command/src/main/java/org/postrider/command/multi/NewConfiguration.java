package org.postrider.command.multi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.postrider.command.CommandException;
import org.postrider.command.ConfigurationFile;
import org.postrider.command.OctetPath;
import org.postrider.command.ScriptMessages;
import org.postrider.command.ToolConfig;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;

/// The files of a new instance: the stock main.cf and master.cf of meta_directory, or this
/// program's own where there are none, with the first instance's places of what they share, no
/// listener on the network and no local submission. master.cf is put in its place last: once it is
/// there the instance is whole.
final class NewConfiguration {
    private static final Set<PosixFilePermission> OPEN =
            PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> CLOSED =
            PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> READABLE =
            PosixFilePermissions.fromString("rw-r--r--");

    /// Said in the new main.cf as the first one's says it.
    private static final List<String> SHARED =
            List.of(
                    "command_directory",
                    "daemon_directory",
                    "meta_directory",
                    "mail_owner",
                    "setgid_group",
                    "sendmail_path",
                    "mailq_path",
                    "newaliases_path",
                    "html_directory",
                    "manpage_directory",
                    "sample_directory",
                    "readme_directory",
                    "shlib_directory",
                    "postrider_drop_privileges");

    private final Instance one;
    private final ServiceSettings first;
    private final Edits edits;
    private final ScriptMessages script;

    /// @param first settings of the first instance
    NewConfiguration(Instance one, ServiceSettings first, Edits edits, ScriptMessages script) {
        this.one = one;
        this.first = first;
        this.edits = edits;
        this.script = script;
    }

    /// @throws CommandException where a file or directory cannot be made
    void make() {
        Path directory = OctetPath.of(one.directory());
        try {
            directory(directory, OPEN);
            directory(OctetPath.of(one.queue()), OPEN);
            directory(OctetPath.of(one.data()), CLOSED);
            Path making = directory.resolve(".tmp");
            directory(making, CLOSED);
            copy(prototype("main.cf"), making.resolve("main.cf"));
            copy(prototype("master.cf"), making.resolve("master.cf"));
            settings(making);
            for (String name : List.of("main.cf", "master.cf")) {
                copy(making.resolve(name), directory.resolve(name));
                Files.deleteIfExists(making.resolve(name));
            }
            Files.deleteIfExists(making);
        } catch (IOException e) {
            throw new CommandException(1, "cannot make " + directory + ": " + Reason.of(e));
        }
    }

    private static void directory(Path made, Set<PosixFilePermission> mode) throws IOException {
        if (!Files.isDirectory(made)) {
            Files.createDirectories(made);
            Files.setPosixFilePermissions(made, mode);
        }
    }

    private Path prototype(String name) {
        Path shared =
                OctetPath.of(ToolConfig.text(first, "meta_directory", 1)).resolve(name + ".proto");
        if (Files.isRegularFile(shared)) {
            return shared;
        }
        Path own = edits.programs().resolveSibling("conf").resolve(name);
        if (!Files.isRegularFile(own)) {
            script.say("fatal: Missing " + name + " prototype: " + shared);
            throw new Edits.Told();
        }
        return own;
    }

    private static void copy(Path from, Path to) throws IOException {
        ConfigurationFile.replace(
                to, ConfigurationFile.read(from).getBytes(StandardCharsets.ISO_8859_1));
        Files.setPosixFilePermissions(to, READABLE);
    }

    private void settings(Path making) {
        List<String> out = new ArrayList<>();
        out.add(Instance.QUEUE + " = " + one.queue());
        out.add(Instance.DATA + " = " + one.data());
        out.add("authorized_submit_users =");
        out.add("master_service_disable = inet");
        var set = first.mainCf().entries();
        for (String each : SHARED) {
            var entry = set.get(each);
            if (entry != null) {
                out.add(each + " = " + entry.value());
            }
        }
        edits.set(making.toString(), out);
    }
}
