package org.postrider.command.convert;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.OctetPath;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.config.Reason;
import org.postrider.disk.Disk;
import org.postrider.disk.Reading;

/// `postconvert [-n] [-m mail_directory] [-t sendmail|javamail] file [directory]`: writes main.cf
/// and the tables that it names into a directory that is not there yet, or empty.
public final class Postconvert {
    private static final String USAGE =
            "usage: postconvert [-n] [-m mail_directory] [-t sendmail|javamail] file"
                    + " new_directory";
    private static final long MOST = 1L << 20;

    private final Terminal terminal;
    private final List<Path> prototypes;
    private final Disk disk;
    private final Messages say;
    private boolean dry;
    private @Nullable String type;
    private @Nullable String mailDirectory;

    /// @param prototypes where a master.cf to begin with may be; the first that is there is taken
    public Postconvert(Terminal terminal, List<Path> prototypes, Disk disk) {
        this.terminal = terminal;
        this.disk = disk;
        this.prototypes = prototypes;
        say = new Messages("postconvert", terminal.err());
    }

    /// @return the exit status: 0, or 1 where the file cannot be read or nothing can be written
    public int run(String[] args) {
        Options options = new Options("postconvert", "m:nt:", args, terminal.err());
        try {
            for (char c = options.next(); c != 0; c = options.next()) {
                switch (c) {
                    case 'm' -> mailDirectory = options.argument();
                    case 'n' -> dry = true;
                    case 't' -> type = options.argument();
                    default -> throw new CommandException(1, USAGE);
                }
            }
            String[] rest = options.rest();
            if (rest.length != (dry ? 1 : 2)) {
                throw new CommandException(1, USAGE);
            }
            convert(rest[0], dry ? null : OctetPath.of(rest[1]).toAbsolutePath());
            return 0;
        } catch (CommandException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return e.status();
        } catch (IOException e) {
            say.fatal(Reason.of(e));
            return 1;
        }
    }

    private static String read(String name, Path file) {
        try {
            return Reading.text(file, MOST);
        } catch (IOException e) {
            throw new CommandException(1, "open " + name + ": " + Reason.of(e));
        }
    }

    private void convert(String name, @Nullable Path to) throws IOException {
        Path file = OctetPath.of(name).toAbsolutePath();
        String text = read(name, file);
        Converted made =
                switch (type == null ? guessed(name, text) : type) {
                    case "sendmail" ->
                            SendmailMc.convert(
                                    name,
                                    text,
                                    mailDirectory == null
                                            ? Objects.requireNonNull(file.getParent())
                                            : OctetPath.of(mailDirectory).toAbsolutePath());
                    case "javamail" -> MailProperties.convert(name, characters(text));
                    default -> throw new CommandException(1, USAGE);
                };
        if (to == null) {
            terminal.out().print(made.mainCf(name));
            made.listeners().forEach(line -> say.info("would write into master.cf: " + line));
            made.tables().keySet().forEach(table -> say.info("would write " + table));
        } else {
            write(made, name, to);
        }
        made.notes().forEach(say::warning);
        say.info("Not carried over, or to be looked at: " + made.notes().size());
    }

    /// Octets that are UTF-8 are meant so, as by every editor; others as Java read them.
    private static String characters(String octets) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (java.nio.charset.CharacterCodingException e) {
            return octets;
        }
    }

    private static String guessed(String name, String text) {
        if (name.endsWith(".properties")) {
            return "javamail";
        }
        boolean m4 = text.contains("dnl") || text.contains("(`") || text.contains("divert(");
        return name.endsWith(".mc") || m4 ? "sendmail" : "javamail";
    }

    private void write(Converted made, String name, Path to) throws IOException {
        if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
            if (!Files.isDirectory(to, LinkOption.NOFOLLOW_LINKS) || !disk.list(to).isEmpty()) {
                throw new CommandException(
                        1,
                        to + ": is there and not empty; nothing is written over: name a new one");
            }
        }
        String master = prototype();
        Path above = Objects.requireNonNull(to.getParent());
        Path making = above.resolve("." + to.getFileName() + "." + ProcessHandle.current().pid());
        disk.makeDirectory(making);
        boolean good = false;
        try {
            file(disk, making.resolve("main.cf"), made.mainCf(name), "rw-r--r--");
            file(disk, making.resolve("master.cf"), made.masterCf(master), "rw-r--r--");
            for (Map.Entry<String, List<String>> e : made.tables().entrySet()) {
                boolean secret = made.isSecret(e.getKey());
                String text = String.join("\n", e.getValue()) + "\n";
                file(disk, making.resolve(e.getKey()), text, secret ? "rw-------" : "rw-r--r--");
            }
            Files.setPosixFilePermissions(making, PosixFilePermissions.fromString("rwxr-xr-x"));
            disk.forceDirectory(making);
            disk.rename(making, to);
            good = true;
        } finally {
            if (!good) {
                for (String each : disk.list(making)) {
                    disk.delete(making.resolve(each));
                }
                disk.delete(making);
            }
        }
        disk.forceDirectory(above);
        say.info(
                "main.cf, master.cf"
                        + tables(made)
                        + " in "
                        + to
                        + "; look at them: postfix -c "
                        + to
                        + " check");
    }

    private String prototype() throws IOException {
        for (Path each : prototypes) {
            if (Files.isRegularFile(each)) {
                return Reading.text(each, MOST);
            }
        }
        throw new CommandException(1, "no master.cf to begin with: " + prototypes);
    }

    private static String tables(Converted made) {
        return made.tables().isEmpty() ? "" : ", " + String.join(", ", made.tables().keySet());
    }

    private static void file(Disk disk, Path path, String text, String mode) throws IOException {
        try (Disk.File file = disk.create(path, mode)) {
            file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)), 0);
            file.force();
        }
    }
}
