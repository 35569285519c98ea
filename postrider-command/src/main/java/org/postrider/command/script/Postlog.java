package org.postrider.command.script;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.Options;
import org.postrider.command.ScriptMessages;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.command.ToolLog;
import org.postrider.command.Utf8;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;
import org.postrider.log.Severity;
import org.postrider.maps.Fold;

/// `postlog [-iv] [-c directory] [-p priority] [-t tag] [text…]`: a line in the mail log, or one
/// for each line of standard input, and the same on standard error (postlog(1) of Postfix 3.12).
public final class Postlog {
    private static final String NOT_THERE = "No such file or directory";
    private static final String NAME = "postlog";
    private static final String USAGE =
            "usage: postlog [-c config_dir] [-i] [-p priority] [-t tag] [-v] [text]";
    private static final long PAUSE_NANOS = 1_000_000_000L;

    private final Terminal terminal;
    private final Messages say;

    public Postlog(Terminal terminal) {
        this.terminal = terminal;
        say = new Messages(NAME, terminal.err());
    }

    /// @return 0, or 1 for a bad request or configuration
    public int run(String[] args) {
        Options options = new Options(NAME, "c:ip:t:v", args, terminal.err());
        String directory = null;
        String tag = null;
        Severity severity = Severity.INFO;
        try {
            for (char c = options.next(); c != 0; c = options.next()) {
                switch (c) {
                    case 'c' -> directory = options.argument();
                    case 'p' -> severity = severity(options.argument());
                    case 't' -> tag = options.argument();
                    case 'i', 'v' -> {}
                    default -> throw new CommandException(1, USAGE);
                }
            }
            Path configuration = ToolConfig.directory(directory, terminal);
            ServiceSettings settings = ToolConfig.settings(NAME, 1, configuration, terminal);
            log(settings, severity, tag, options.rest());
        } catch (CommandException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return e.status();
        } catch (IOException e) {
            say.fatal(Reason.of(e));
            return 1;
        }
        if (severity == Severity.FATAL || severity == Severity.PANIC) {
            // As every program of Postfix that ends by what it says.
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return 0;
    }

    private static Severity severity(String name) {
        return switch (Fold.lower(name)) {
            case "info" -> Severity.INFO;
            case "warn", "warning" -> Severity.WARNING;
            case "error", "err" -> Severity.ERROR;
            case "fatal", "crit" -> Severity.FATAL;
            case "panic" -> Severity.PANIC;
            default -> throw new CommandException(1, "bad severity: \"" + name + "\"");
        };
    }

    private void log(
            ServiceSettings settings, Severity severity, @Nullable String given, String[] words)
            throws IOException {
        boolean utf8 = "yes".equalsIgnoreCase(settings.text("smtputf8_enable"));
        String tag =
                given == null
                        ? ToolConfig.text(settings, "syslog_name", 1) + "/" + NAME
                        : printable(given, utf8);
        String shown = ScriptMessages.terminal() ? tag : NAME;
        String lost = lost(settings);
        try (ToolLog log = ToolLog.named(settings, tag)) {
            if (words.length > 0) {
                line(log, shown, severity, printable(String.join(" ", words), utf8), lost);
                return;
            }
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(terminal.in(), StandardCharsets.ISO_8859_1));
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                line(log, shown, severity, printable(text, utf8), lost);
            }
        }
    }

    /// Why this user's lines do not reach the log, whose file root makes; null where they do.
    private static @Nullable String lost(ServiceSettings settings) {
        String file = ToolConfig.text(settings, "maillog_file", 1);
        Path path = Path.of(file);
        Path parent = path.getParent();
        if (parent == null || !file.startsWith("/") || file.startsWith("/dev/")) {
            return null;
        }
        boolean root = "root".equals(System.getProperty("user.name"));
        boolean there = Files.exists(path);
        String why;
        if (Files.isDirectory(path)) {
            why = "Is a directory";
        } else if (Files.isWritable(path)
                || root && !there && Files.isDirectory(parent) && Files.isWritable(parent)) {
            return null;
        } else if (Files.notExists(parent)) {
            why = Files.isDirectory(above(parent)) ? NOT_THERE : "Not a directory";
        } else {
            why = there || Files.isDirectory(parent) ? "Permission denied" : "Not a directory";
        }
        return "open logfile '" + file + "': cannot open file: " + why;
    }

    /// The first that there is above a path.
    private static Path above(Path path) {
        Path up = path;
        while (up.getParent() != null && !Files.exists(up)) {
            up = up.getParent();
        }
        return up;
    }

    /// @param lost why the log cannot have it: it is said on standard error, and then that
    private void line(
            ToolLog log, String shown, Severity severity, String text, @Nullable String lost) {
        terminal.err().print(shown + ": " + severity.prefix() + text + "\n");
        terminal.err().flush();
        if (lost != null) {
            throw new CommandException(1, lost);
        }
        log.line(severity, text);
    }

    /// What is no character that can be seen is a question mark.
    private static String printable(String text, boolean utf8) {
        boolean wide = utf8 && Utf8.valid(text);
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(c < ' ' || c == 127 || c > 127 && !wide ? '?' : c);
        }
        return out.toString();
    }
}
