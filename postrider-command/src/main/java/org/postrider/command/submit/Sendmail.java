package org.postrider.command.submit;

import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.AddressList;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.OctetPath;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.command.ToolLog;
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;
import org.postrider.disk.RealDisk;
import org.postrider.master.OtherMailSystem;
import org.postrider.master.Server;
import org.postrider.pickup.MaildropWriter;
import org.postrider.pickup.PickupParams;

/// sendmail(1): leaves a message in maildrop and pokes pickup; works without a server. Started for
/// every submission, so it touches few classes and reads main.cf itself for two values.
public final class Sendmail {
    private static final int OK = 0;
    private static final int UNAVAILABLE = 69;

    /// What Postfix ends with for every fatal error, usage included: the submitter tries again.
    public static final int TEMPORARY = 75;

    private static final int TOKENS = 10240;

    private final Terminal terminal;
    private final PrintStream err;
    private SendmailOptions options;

    public Sendmail(Terminal terminal) {
        this.terminal = terminal;
        err = terminal.err();
        options = SendmailOptions.none(new Messages("sendmail", err));
    }

    /// @param name `sendmail` or `newaliases`
    /// @param fallback runs another command of this program
    /// @return an exit status of sysexits.h
    public int run(String name, String[] args, Other fallback) {
        try {
            options = SendmailOptions.read(args, terminal, new Messages("sendmail", err));
            if (name.equals("newaliases")) {
                options.mode = 'i';
            }
            return act(fallback);
        } catch (CommandException e) {
            String text = "fatal: " + e.getMessage();
            err.print(name + ": " + text + "\n");
            ToolLog.failed(directory(), name, text);
            return e.status();
        }
    }

    /// Runs another command.
    public interface Other {
        int run(String name, String[] args);
    }

    private int act(Other other) {
        if (!options.recipients.isEmpty()) {
            noRecipients();
        }
        if (options.flush) {
            return queueCommand(other, options.flushWhat == null ? "-f" : options.flushWhat);
        }
        return switch (options.mode) {
            case 'm' -> submit();
            case 'p' -> queueCommand(other, "-p");
            case 'i' -> aliases(other);
            case 's' -> standalone();
            case 'v' -> throw new CommandException(UNAVAILABLE, "-bv is not built yet");
            case 'd', 'l' -> {
                List<String> args = configured();
                args.add("start");
                yield other.run("postfix", args.toArray(new String[0]));
            }
            default -> OK;
        };
    }

    private void noRecipients() {
        String site = options.flushWhat;
        String what =
                options.flush
                        ? site == null
                                ? "flush queue mode"
                                : site.startsWith("-s") ? "flush site" : "flush queue_id"
                        : switch (options.mode) {
                            case 'p' -> "display queue mode";
                            case 'i' -> "alias initialization mode";
                            case 'd', 'l' -> "daemon mode";
                            case 's' -> "stand-alone SMTP server mode";
                            default -> "";
                        };
        if (!what.isEmpty()) {
            throw fatal(what + " requires no recipient");
        }
    }

    private static CommandException fatal(String text) {
        return SendmailOptions.fatal(text);
    }

    /// `newaliases`: postalias for each table of alias_database.
    private int aliases(Other other) {
        ServiceSettings settings = ToolConfig.settings("newaliases", 1, directory(), terminal);
        List<String> args = configured();
        int options = args.size();
        args.addAll(Values.words(ToolConfig.text(settings, "alias_database", 1)));
        return args.size() == options ? 0 : other.run("postalias", args.toArray(new String[0]));
    }

    private List<String> configured() {
        List<String> args = new ArrayList<>();
        args.add("-c");
        args.add(directory().toString());
        return args;
    }

    private int queueCommand(Other other, String what) {
        List<String> args = configured();
        args.add(what);
        return other.run("postqueue", args.toArray(new String[0]));
    }

    private Path directory() {
        String set = options.configuration;
        set = set != null ? set : terminal.mailConfig();
        if (set == null || set.isEmpty()) {
            return Path.of("/etc/postfix");
        }
        Path path = OctetPath.of(set);
        // -C names a directory or a file in it.
        Path parent = path.getParent();
        return !Files.isDirectory(path) && parent != null && path.endsWith("main.cf")
                ? parent
                : path;
    }

    private int standalone() {
        try {
            ServiceSettings settings = Server.settings(directory());
            Submitter.own()
                    .mayOrThrow(
                            PickupParams.AUTHORIZED_SUBMIT_USERS,
                            "submit mail",
                            settings,
                            TEMPORARY);
            return new StandaloneSmtp(settings, this::poke).run(terminal.in(), terminal.out());
        } catch (ConfigException e) {
            throw fatal(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw fatal("SMTP session: " + Reason.of(e));
        }
    }

    private int submit() {
        if (options.verbose) {
            err.print("sendmail: warning: -v: the delivery report is not built yet\n");
        }
        SubmitSettings main;
        try {
            main = SubmitSettings.read(directory());
        } catch (ConfigException e) {
            throw fatal(String.valueOf(e.getMessage()));
        }
        Submitter user = Submitter.own();
        if (!main.anyone()) {
            user.mayOrThrow(
                    PickupParams.AUTHORIZED_SUBMIT_USERS,
                    "submit mail",
                    ToolConfig.settings("sendmail", TEMPORARY, directory(), terminal),
                    TEMPORARY);
        }
        Submission message = new Submission(terminal.in(), options.dotEnds);
        try {
            message.readHeader();
        } catch (IOException e) {
            throw fatal(user.shown() + "error reading input: " + Reason.of(e));
        }
        List<String> to = recipients(user, message);
        write(main, user, message, from(user), to);
        poke(main.queueDirectory().resolve("public/pickup"));
        return OK;
    }

    private List<String> recipients(Submitter user, Submission message) {
        List<String> to = new ArrayList<>();
        for (String arg : options.recipients) {
            to.addAll(AddressList.parse(arg, TOKENS).addresses());
        }
        if (options.extract) {
            to.addAll(message.headerRecipients());
            if (to.isEmpty()) {
                throw fatal(user.shown() + "No recipient addresses found in message header");
            }
        } else if (to.isEmpty()) {
            throw fatal(
                    user.shown()
                            + "Recipient addresses must be specified on the command line or via"
                            + " the -t option");
        }
        return to;
    }

    private String from(Submitter user) {
        String text = options.sender;
        if (text == null) {
            return user.name();
        }
        if (text.isEmpty() || text.equals("<>")) {
            return "";
        }
        List<String> parsed = AddressList.parse(text, TOKENS).addresses();
        if (parsed.size() != 1) {
            err.print("sendmail: warning: -f option specified malformed sender: " + text + "\n");
            return parsed.isEmpty() ? user.name() : parsed.getFirst();
        }
        return parsed.getFirst();
    }

    private void write(
            SubmitSettings main, Submitter user, Submission message, String from, List<String> to) {
        String other = OtherMailSystem.postfix(main.queueDirectory());
        if (other != null) {
            throw fatal(user.shown() + other);
        }
        Path maildrop = main.queueDirectory().resolve("maildrop");
        try (MaildropWriter writer =
                MaildropWriter.create(
                        new RealDisk(), maildrop, name(), permissions(maildrop, user.name()))) {
            writer.line("sender", from);
            String name = options.fullName == null ? user.fullName() : options.fullName;
            optional(writer, "fullname", name.isEmpty() ? null : name);
            optional(writer, "encoding", options.encoding);
            optional(writer, "envelope_id", from.isEmpty() ? null : options.envelopeId);
            optional(writer, "ret_flags", options.returns);
            String verp = options.verp;
            optional(writer, "verp_delims", "".equals(verp) ? main.verpDelimiters() : verp);
            if (options.notify != 0) {
                writer.line("notify", Integer.toHexString(options.notify));
            }
            for (String address : to) {
                writer.line("recipient", address);
            }
            writer.beginContent();
            if (!message.copy(writer, main.sizeLimit())) {
                throw fatal(user.shown() + "message file too big");
            }
            writer.commit();
        } catch (IOException e) {
            throw fatal(
                    user.shown() + "unable to write a mail to " + maildrop + ": " + Reason.of(e));
        }
    }

    private static void optional(MaildropWriter writer, String name, @Nullable String value)
            throws IOException {
        if (value != null) {
            writer.line(name, value);
        }
    }

    /// A name that cannot be guessed.
    static String name() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        StringBuilder out = new StringBuilder(32);
        for (byte b : random) {
            out.append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
        }
        return out.toString();
    }

    static String permissions(Path maildrop, String user) throws IOException {
        return Files.getOwner(maildrop).getName().equals(user) ? "rw-------" : "rw-r--r--";
    }

    /// Tells a running pickup; a server that is down finds the file at its start.
    private void poke(Path socket) {
        if (!Files.exists(socket)) {
            err.print(
                    "postdrop: warning: unable to look up public/pickup: No such file or"
                            + " directory\n");
            return;
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(new byte[] {'W'}));
        } catch (IOException e) {
            // no server
        }
    }
}
