package org.postrider.command.script;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postrider.agent.AgentParams;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.OctetPath;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.command.environment.ImportedEnvironment;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;
import org.postrider.disk.LockedFile;
import org.postrider.disk.LockedFile.Way;
import org.postrider.maps.Fold;
import org.postrider.time.Clock;

/// `postlock [-c directory] [-l style] [-v] file command…`: runs a command while a mailbox is
/// locked as local deliveries lock it (postlock(1)).
public final class Postlock {
    private static final String NAME = "postlock";
    private static final String USAGE =
            "usage: postlock [-c config_dir] [-l lock_style] [-v] folder command...";

    /// EX_TEMPFAIL of sysexits.h.
    private static final int TEMPORARY = 75;

    /// What a shell gives for a command that a signal has ended, less than that.
    private static final int SIGNALLED = 128;

    private final Terminal terminal;
    private Map<String, String> environment = Map.of();
    private final Messages say;
    private final Clock clock;

    public Postlock(Terminal terminal, Clock clock) {
        this.terminal = terminal;
        this.clock = clock;
        say = new Messages(NAME, terminal.err());
    }

    /// @return the command's status, 1 where it could not be run or was killed, 75 where the file
    ///   could not be locked
    public int run(String[] args) {
        Options options = new Options(NAME, "c:l:v", args, terminal.err());
        String directory = null;
        String style = null;
        try {
            for (char c = options.next(); c != 0; c = options.next()) {
                switch (c) {
                    case 'c' -> directory = options.argument();
                    case 'l' -> style = options.argument();
                    case 'v' -> {}
                    default -> throw new CommandException(TEMPORARY, USAGE);
                }
            }
            String[] words = options.rest();
            if (words.length < 2) {
                throw new CommandException(TEMPORARY, USAGE);
            }
            Path configuration = ToolConfig.directory(directory, terminal);
            ServiceSettings settings =
                    ToolConfig.settings(NAME, TEMPORARY, configuration, terminal);
            String styles =
                    style == null
                            ? ToolConfig.text(settings, "mailbox_delivery_lock", TEMPORARY)
                            : style;
            environment = ImportedEnvironment.values(settings, NAME, TEMPORARY);
            return locked(settings, words, kinds(styles));
        } catch (CommandException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return e.status();
        }
    }

    private static Set<String> kinds(String styles) {
        Set<String> out = new java.util.LinkedHashSet<>();
        for (String word : Values.words(styles)) {
            String kind = Fold.lower(word);
            if (!Set.of("flock", "fcntl", "dotlock").contains(kind)) {
                throw new CommandException(
                        TEMPORARY,
                        "unknown mailbox_delivery_lock value \""
                                + word
                                + "\" in \""
                                + styles
                                + "\"");
            }
            out.add(kind);
        }
        return out;
    }

    private int locked(ServiceSettings settings, String[] words, Set<String> kinds) {
        String name = words[0];
        Path file = OctetPath.of(name);
        Patience patience =
                new Patience(
                        settings.get(AgentParams.DELIVER_LOCK_ATTEMPTS),
                        settings.get(AgentParams.DELIVER_LOCK_DELAY),
                        settings.get(AgentParams.STALE_LOCK_TIME));
        boolean plain = Files.notExists(file) || Files.isRegularFile(file);
        Path dot = kinds.contains("dotlock") && plain ? OctetPath.of(name + ".lock") : null;
        if (dot != null) {
            dotlock(dot, name, patience);
        }
        try (LockedFile open = open(file, name)) {
            for (Way way : Way.values()) {
                boolean wanted = kinds.contains(way.word());
                if (wanted && open.regular()) {
                    lock(open, way, name, patience);
                }
            }
            return command(List.of(words).subList(1, words.length));
        } finally {
            if (dot != null) {
                remove(dot);
            }
        }
    }

    private record Patience(int attempts, Duration delay, Duration stale) {
        /// Half to one and a half of the delay.
        void pause() {
            long nanos = delay.toNanos();
            LockSupport.parkNanos(
                    nanos / 2 + (nanos == 0 ? 0 : ThreadLocalRandom.current().nextLong(nanos)));
        }
    }

    private static CommandException unlocked(String name, String why) {
        return new CommandException(TEMPORARY, "open file " + name + ": " + why);
    }

    private void dotlock(Path dot, String name, Patience patience) {
        for (int i = 1; ; i++) {
            try {
                Files.createFile(
                        dot,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("---------")));
                return;
            } catch (IOException e) {
                if (i >= patience.attempts() || !(e instanceof FileAlreadyExistsException)) {
                    throw unlocked(
                            name, "unable to create lock file " + name + ".lock: " + Reason.of(e));
                }
            }
            if (older(dot, patience.stale())) {
                remove(dot);
            }
            patience.pause();
        }
    }

    private boolean older(Path dot, Duration stale) {
        try {
            FileTime changed = (FileTime) Files.getAttribute(dot, "unix:ctime");
            return clock.wallMillis() > changed.toMillis() + stale.toMillis();
        } catch (IOException e) {
            return false;
        }
    }

    private static void remove(Path dot) {
        try {
            Files.deleteIfExists(dot);
        } catch (IOException e) {
            // It is broken as a stale one later.
        }
    }

    private static LockedFile open(Path file, String name) {
        try {
            return LockedFile.open(file);
        } catch (IOException e) {
            String why = Reason.of(e);
            throw unlocked(name, why.startsWith("file ") ? why : "cannot open file: " + why);
        }
    }

    private static void lock(LockedFile open, Way way, String name, Patience patience) {
        try {
            for (int i = 1; !open.lock(way); i++) {
                if (i >= patience.attempts()) {
                    throw unlocked(
                            name,
                            "unable to lock for exclusive access: Resource temporarily"
                                    + " unavailable");
                }
                patience.pause();
            }
        } catch (IOException e) {
            throw unlocked(name, "unable to lock for exclusive access: " + Reason.of(e));
        }
    }

    private int command(List<String> words) {
        List<String> decoded = new ArrayList<>();
        words.forEach(each -> decoded.add(decoded(each)));
        ProcessBuilder builder = new ProcessBuilder(decoded).inheritIO();
        builder.environment().remove("POSTRIDER_BIN");
        environment.forEach(
                (name, value) -> builder.environment().put(decoded(name), decoded(value)));
        terminal.err().flush();
        @Nullable Process child = null;
        try {
            child = builder.start();
            int status = child.waitFor();
            return status >= SIGNALLED ? 1 : status;
        } catch (IOException e) {
            say.fatal("execvp " + words.getFirst() + ": " + reason(e));
            return 1;
        } catch (InterruptedException e) {
            child.destroy();
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private static String decoded(String octets) {
        return new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /// The error's own words, which the JDK has somewhere within its.
    private static String reason(IOException e) {
        String text = String.valueOf(e.getMessage());
        return Stream.of("No such file or directory", "Permission denied", "Exec format error")
                .filter(text::contains)
                .findFirst()
                .orElse(Reason.of(e));
    }
}
