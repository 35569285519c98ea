package org.postrider.command.submit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;
import org.postrider.disk.Disk;
import org.postrider.disk.RealDisk;
import org.postrider.master.OtherMailSystem;
import org.postrider.pickup.PickupParams;
import org.postrider.pickup.Postdrop;

/// postdrop(1): takes one mail as Postfix's sendmail hands it over and leaves it in maildrop, for
/// programs that call it themselves. It answers on standard output in Postfix's attribute protocol:
/// `protocol`, `queue_id`, and then `status` and `reason`.
public final class PostdropCommand {
    private static final int FATAL = 1;

    /// What Postfix ends with where a file cannot be written: the status of a mail that was lost.
    private static final int WRITE_ERROR = 4;

    /// The status that Postfix gives a sender who is not allowed.
    private static final int NOT_ALLOWED = 512;

    private static final int LINE_LENGTH = 2048;

    private final Terminal terminal;
    private final Said said;
    private final Messages say;
    private @Nullable String given;

    public PostdropCommand(Terminal terminal) {
        this.terminal = terminal;
        said = new Said(terminal.err());
        say = said.as("postdrop");
    }

    /// @return an exit status
    public int run(String[] args) {
        try {
            options(args);
            return take();
        } catch (CommandException e) {
            say.fatal(e);
            return e.status();
        } catch (ConfigException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return FATAL;
        } finally {
            said.log(() -> ToolConfig.directory(given, terminal));
        }
    }

    private void options(String[] args) {
        Options options = new Options("postdrop", "c:rv", args, terminal.err());
        for (char c = options.next(); c != 0; c = options.next()) {
            switch (c) {
                case 'c' -> given = options.argument();
                case 'r', 'v' -> {
                    // -r is from before postdrop always answered
                }
                default -> throw fatal("usage: postdrop [-c config_dir] [-v]");
            }
        }
    }

    private static CommandException fatal(String text) {
        return new CommandException(FATAL, text);
    }

    private int take() {
        Submitter user = Submitter.own();
        String named = given != null ? given : terminal.mailConfig();
        if (named != null && !named.isEmpty()) {
            AuthorizedDirectories.mayOrThrow(named, user, "postdrop", FATAL, say);
        }
        Path directory = ToolConfig.directory(given, terminal);
        SubmitSettings main;
        try {
            main = SubmitSettings.read(directory);
        } catch (ConfigException e) {
            throw fatal(String.valueOf(e.getMessage()));
        }
        ToolConfig.entered(main.queue(), FATAL);
        String other = OtherMailSystem.postfix(main.queue());
        if (other != null) {
            throw fatal(other);
        }
        if (main.sets(SubmitSettings.SUBMITTERS)) {
            user.mayOrThrow(
                    PickupParams.AUTHORIZED_SUBMIT_USERS,
                    "submit mail",
                    ToolConfig.settings("postdrop", FATAL, directory, terminal),
                    FATAL);
        }
        ServiceSettings settings =
                main.sets(SubmitSettings.SENDERS)
                        ? ToolConfig.settings("postdrop", FATAL, directory, terminal)
                        : null;
        return take(user, main, settings);
    }

    private int take(Submitter user, SubmitSettings main, @Nullable ServiceSettings settings) {
        Path maildrop = main.queue().resolve("maildrop");
        String name = Sendmail.name();
        String uid = "uid=" + user.uid() + ": ";
        try {
            Postdrop.Place place =
                    new Postdrop.Place(
                            new RealDisk(),
                            maildrop,
                            name,
                            Sendmail.permissions(maildrop, user.name()),
                            main.number("line_length_limit", LINE_LENGTH),
                            main.sizeLimit());
            answer("protocol", "postdrop_protocol", "queue_id", name);
            Postdrop.Result result =
                    Postdrop.take(
                            terminal.in(),
                            place,
                            sender -> settings == null ? null : user.mayNotUse(sender, settings),
                            warning ->
                                    say.warning(
                                            (warning.startsWith("stdin: ") ? "" : uid) + warning));
            return ended(result, main, uid);
        } catch (Postdrop.RefusedException e) {
            if (!e.answered()) {
                throw fatal(uid + e.getMessage());
            }
            boolean sender = String.valueOf(e.getMessage()).startsWith("not authorized");
            answer("status", sender ? "" + NOT_ALLOWED : "1", "reason", "" + e.getMessage());
            return sender ? 0 : 1;
        } catch (ConfigException e) {
            throw fatal(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            say.warning(
                    uid + (Disk.full(e) ? Reason.of(e) : "maildrop/" + name + ": " + Reason.of(e)));
            return WRITE_ERROR;
        }
    }

    private int ended(Postdrop.Result result, SubmitSettings main, String uid) {
        switch (result) {
            case TAKEN -> {
                Sendmail.poke(main.queue().resolve("public/pickup"), say);
                answer("status", "0", "reason", "");
                return 0;
            }
            case BROKEN_OFF -> {
                return 0;
            }
            case NOT_COMPLETE -> {
                answer("status", "1", "reason", "");
                return 1;
            }
            case TOO_LARGE -> {
                say.warning(uid + "File too large");
                return WRITE_ERROR;
            }
        }
        throw new IllegalStateException(result.toString());
    }

    /// Names and values, each ended by NUL, and an empty name.
    private void answer(String... words) {
        StringBuilder text = new StringBuilder();
        for (String word : words) {
            text.append(word).append('\0');
        }
        OutputStream out = terminal.out();
        try {
            out.write(text.append('\0').toString().getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        } catch (IOException e) {
            throw fatal("write error: " + Reason.of(e));
        }
    }
}
