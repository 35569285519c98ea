package org.postrider.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.postrider.config.Settings;
import org.postrider.master.Logs;

/// What root gives to mail_owner before the server is started as that user. Links are not followed,
/// and a file with other names is left alone: it may be anybody's whom mail_owner wished to harm.
final class HandOver {
    /// Of queue_directory; what a chroot has there stays root's.
    private static final List<String> QUEUE =
            List.of(
                    "pid",
                    "public",
                    "private",
                    "maildrop",
                    "journal",
                    "body",
                    "corrupt",
                    "requeue");

    private final String name;
    private final UserPrincipal owner;
    private final Consumer<String> warnings;

    /// @throws CommandException if there is no such user
    HandOver(String name, Consumer<String> warnings) throws IOException {
        this.name = name;
        this.warnings = warnings;
        try {
            owner =
                    FileSystems.getDefault()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByName(name);
        } catch (UserPrincipalNotFoundException e) {
            throw new CommandException(
                    1,
                    "mail_owner "
                            + name
                            + ": no such user; make it (useradd -r "
                            + name
                            + "), name another, or set postrider_drop_privileges = no");
        }
    }

    /// The queue's directory and what the server keeps there.
    void queue(Path queue) throws IOException {
        one(queue);
        for (String each : QUEUE) {
            all(queue.resolve(each));
        }
    }

    /// A directory with all that is in it; one that is not there is no fault.
    void all(Path directory) throws IOException {
        if (Files.notExists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path d, BasicFileAttributes a)
                            throws IOException {
                        // Root's own, in data_directory (docs/internals/root.md).
                        if (d.endsWith("helper")) {
                            return FileVisitResult.SKIP_SUBTREE;
                        }
                        one(d);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes a)
                            throws IOException {
                        // What users have put into maildrop stays theirs: pickup asks whose it is.
                        if (!inMaildrop(file)) {
                            one(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    private static boolean inMaildrop(Path file) {
        Path parent = file.getParent();
        return parent != null && parent.endsWith("maildrop");
    }

    /// The server goes on in files that are its own: also in one that a rotation made.
    ///
    /// @param must what cannot be made is an exception that says why
    void logs(Settings settings, boolean must) throws IOException {
        Logs.make(settings);
        for (Path file : Logs.files(settings)) {
            if (must && Files.notExists(file)) {
                Files.createFile(file);
            }
            one(file);
        }
    }

    /// A file or directory.
    void one(Path path) throws IOException {
        FileOwnerAttributeView view =
                Files.getFileAttributeView(
                        path, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        try {
            if (view.getOwner().equals(owner)) {
                return;
            }
            Object links = Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
            if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                    && !Integer.valueOf(1).equals(links)) {
                warnings.accept(path + ": not given to " + name + ": the file has other names");
                return;
            }
            view.setOwner(owner);
        } catch (NoSuchFileException e) {
            // Gone meanwhile.
        }
    }

    /// Asks, as mail_owner, whether the server will be able to read what it cannot do without.
    ///
    /// @throws CommandException naming what it cannot
    void reads(Stream<Path> files) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "setpriv",
                                "--reuid=" + name,
                                "--regid=" + group(),
                                "--init-groups",
                                "--",
                                "/bin/sh",
                                "-c",
                                "for f; do [ -r \"$f\" ] || { echo \"$f\"; exit 1; }; done",
                                "sh"));
        files.map(Path::toString).forEach(command::add);
        String said = said(command);
        if (!said.isEmpty()) {
            throw new CommandException(
                    1,
                    "mail_owner "
                            + name
                            + " cannot read "
                            + said
                            + ": change its mode or that of the directories above it, or set"
                            + " postrider_drop_privileges = no");
        }
    }

    private String group() throws IOException {
        return said(List.of("id", "-g", name));
    }

    private static String said(List<String> command) throws IOException {
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        p.getOutputStream().close();
        try (var in = p.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
