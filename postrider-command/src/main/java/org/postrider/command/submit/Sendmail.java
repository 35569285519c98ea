package org.postrider.command.submit;

import java.io.IOException;
import java.io.InputStream;
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
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;
import org.postrider.disk.Disk;
import org.postrider.disk.RealDisk;
import org.postrider.maps.TableException;
import org.postrider.master.OtherMailSystem;
import org.postrider.master.Server;
import org.postrider.pickup.MaildropWriter;
import org.postrider.pickup.PickupParams;

/// sendmail(1): leaves a message in maildrop and pokes pickup; works without a server. Started for
/// every submission, so it touches few classes and reads main.cf itself for two values.
public final class Sendmail {
    private static final int OK = 0;

    /// What Postfix ends with for every fatal error, usage included: the submitter tries again.
    public static final int TEMPORARY = 75;

    private static final int TOKENS = 10240;

    /// A record of Postfix's queue files is at most so long (line_length_limit).
    private static final int LONGEST_ADDRESS = 2048;

    private final Terminal terminal;
    private final Said said;
    private final Messages postdrop;
    private Messages say;
    private SendmailOptions options;

    public Sendmail(Terminal terminal) {
        this.terminal = terminal;
        said = new Said(terminal.err());
        say = said.as("sendmail");
        postdrop = said.as("postdrop");
        options = SendmailOptions.none(say);
    }

    /// @param name `sendmail`, `mailq` or `newaliases`
    /// @param fallback runs another command of this program
    /// @return an exit status of sysexits.h
    public int run(String name, String[] args, Other fallback) {
        say = said.as(name);
        try {
            options = SendmailOptions.read(name, args, terminal, say);
            if (options.configuration != null) {
                AuthorizedDirectories.mayOrThrow(
                        named(options.configuration), Submitter.own(), name, TEMPORARY, say);
            }
            return act(fallback);
        } catch (CommandException e) {
            say.fatal(e);
            return e.status();
        } catch (ConfigException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return TEMPORARY;
        } finally {
            said.log(this::directory);
        }
    }

    /// Runs another command.
    public interface Other {
        int run(String name, String[] args);
    }

    private int act(Other other) {
        if (options.mode != 'm' || options.flush) {
            // A submission reads main.cf itself.
            entered();
        }
        boolean delivers = !options.flush || options.flushWhat != null;
        if (options.extract && (options.mode != 'm' || !delivers)) {
            throw fatal("-t can be used only in delivery mode");
        }
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
                            case 's' -> "stand-alone mode";
                            default -> "";
                        };
        if (!what.isEmpty()) {
            throw fatal(what + " requires no recipient");
        }
    }

    private static CommandException fatal(String text) {
        return SendmailOptions.fatal(text);
    }

    /// `newaliases`: postalias for the table of `-oA`, or for each of alias_database.
    private int aliases(Other other) {
        ServiceSettings settings =
                ToolConfig.settings("newaliases", TEMPORARY, directory(), terminal);
        List<String> args = configured();
        int options = args.size();
        if (this.options.aliases != null) {
            args.add(this.options.aliases);
        } else {
            args.addAll(Values.words(ToolConfig.text(settings, "alias_database", 1)));
        }
        // Postfix's works in the queue directory.
        Path queue = ToolConfig.queueDirectory(settings, 1);
        for (int i = options; i < args.size(); i++) {
            String table = args.get(i);
            String file = table.substring(table.indexOf(':') + 1);
            if (!file.isEmpty() && !file.startsWith("/")) {
                String type = table.substring(0, table.length() - file.length());
                args.set(i, type + queue.resolve(file));
            }
        }
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
        if (set != null) {
            return OctetPath.of(named(set));
        }
        set = terminal.mailConfig();
        // As Postfix takes what is set and empty.
        return OctetPath.of(set == null ? "/etc/postfix" : set.isEmpty() ? "/" : set);
    }

    /// `-C` names a directory or the main.cf in it.
    private static String named(String option) {
        String main = "/main.cf";
        return option.endsWith(main)
                ? option.substring(0, option.length() - main.length())
                : option.isEmpty() ? "/" : option;
    }

    /// Who sets MAIL_CONFIG is asked for it as postdrop asks, which Postfix's sendmail runs.
    private void mayConfigure(Submitter user, String from) {
        String set = terminal.mailConfig();
        if (options.configuration != null || set == null || set.isEmpty()) {
            return;
        }
        try {
            AuthorizedDirectories.mayOrThrow(set, user, "postdrop", 1, postdrop);
        } catch (CommandException e) {
            postdrop.fatal(e);
            say.warning("command \"postdrop -r\" exited with status 1");
            throw fatal(user.shown(from) + "unable to execute postdrop -r: Application error");
        }
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
            return new StandaloneSmtp(settings, socket -> poke(socket, postdrop))
                    .run(terminal.in(), terminal.out());
        } catch (ConfigException e) {
            throw fatal(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw fatal("SMTP session: " + Reason.of(e));
        }
    }

    /// Main.cf of a queue that is there, as whatever is done wants.
    private SubmitSettings entered() {
        SubmitSettings main;
        try {
            main = SubmitSettings.read(directory());
        } catch (ConfigException e) {
            throw fatal(String.valueOf(e.getMessage()));
        }
        options.asks(main);
        ToolConfig.entered(main.queue(), TEMPORARY);
        return main;
    }

    private int submit() {
        SubmitSettings main = entered();
        Submitter user = Submitter.own();
        if (main.sets(SubmitSettings.SUBMITTERS)) {
            user.mayOrThrow(
                    PickupParams.AUTHORIZED_SUBMIT_USERS,
                    "submit mail",
                    ToolConfig.settings("sendmail", TEMPORARY, directory(), terminal),
                    TEMPORARY);
        }
        String from = from(user);
        mayConfigure(user, from);
        if (options.verp != null && from.isEmpty()) {
            throw fatal(user.shown(from) + "-V option requires non-null sender address");
        }
        boolean verify = options.verify;
        InputStream in = verify ? InputStream.nullInputStream() : terminal.in();
        Submission message = new Submission(in, options.dotEnds);
        try {
            message.readHeader();
        } catch (IOException e) {
            throw fatal(user.shown(from) + "error reading input: " + Reason.of(e));
        }
        List<String> to = recipients(user, from, message);
        if (main.sets(SubmitSettings.SENDERS)) {
            mayUse(user, from);
        }
        write(main, user, verify ? Submission.probe(from, options.recipients) : message, from, to);
        if (verify || options.verbose == 1) {
            terminal.out().print("Mail Delivery Status Report will be mailed to <" + from + ">.\n");
        }
        poke(main.queue().resolve("public/pickup"), postdrop);
        return OK;
    }

    private void mayUse(Submitter user, String from) {
        ServiceSettings settings =
                ToolConfig.settings("sendmail", TEMPORARY, directory(), terminal);
        String refused;
        try {
            refused = user.mayNotUse(from, settings);
        } catch (TableException | ConfigException e) {
            postdrop.fatal(String.valueOf(e.getMessage()));
            throw lost(user.shown(from) + "queue file write error");
        }
        if (refused != null) {
            throw fatal(user.shown(from) + refused);
        }
    }

    private List<String> recipients(Submitter user, String from, Submission message) {
        List<String> to = new ArrayList<>();
        for (String arg : options.recipients) {
            List<String> parsed = AddressList.parse(arg, TOKENS).addresses();
            // The null address stands for itself.
            to.addAll(parsed.isEmpty() ? List.of("") : parsed);
        }
        if (options.extract) {
            to.addAll(message.headerRecipients());
            if (to.isEmpty()) {
                throw fatal(user.shown(from) + "No recipient addresses found in message header");
            }
        } else if (to.isEmpty()) {
            throw fatal(
                    user.shown(from)
                            + "Recipient addresses must be specified on the command line or via"
                            + " the -t option");
        }
        for (String address : to) {
            if (address.indexOf('\0') >= 0) {
                throw fatal(user.shown(from) + "NUL in RCPT record");
            }
            if (address.length() > LONGEST_ADDRESS) {
                throw fatal(
                        user.shown(from) + "recipient address of " + address.length() + " octets");
            }
        }
        return to;
    }

    private String from(Submitter user) {
        String text = options.sender;
        if (text == null) {
            if (user.login() == null) {
                throw fatal("no login name found for user ID " + user.uid());
            }
            return user.name();
        }
        List<String> parsed = AddressList.parse(text, TOKENS).addresses();
        if (parsed.size() > 1) {
            say.warning("-f option specified malformed sender: " + text);
        }
        return parsed.isEmpty() ? "" : parsed.getFirst();
    }

    private void write(
            SubmitSettings main, Submitter user, Submission message, String from, List<String> to) {
        String other = OtherMailSystem.postfix(main.queue());
        if (other != null) {
            throw fatal(user.shown(from) + other);
        }
        Path maildrop = main.queue().resolve("maildrop");
        try (MaildropWriter writer =
                MaildropWriter.create(
                        new RealDisk(), maildrop, name(), permissions(maildrop, user.name()))) {
            head(writer, main, user, from);
            for (String address : to) {
                writer.line("recipient", address);
            }
            writer.beginContent();
            if (!message.copy(writer, main.sizeLimit())) {
                postdrop.warning("uid=" + user.uid() + ": File too large");
                throw lost(user.shown(from) + "message file too big");
            }
            writer.commit();
        } catch (IOException e) {
            if (Disk.full(e)) {
                postdrop.warning("uid=" + user.uid() + ": " + Reason.of(e));
                throw lost(user.shown(from) + "queue file write error");
            }
            throw fatal(
                    user.shown(from)
                            + "unable to write a mail to "
                            + maildrop
                            + ": "
                            + Reason.of(e));
        }
    }

    /// As Postfix says it of a postdrop that gave up.
    private CommandException lost(String text) {
        say.warning("mail_stream_cleanup: close error");
        return fatal(text);
    }

    private void head(MaildropWriter writer, SubmitSettings main, Submitter user, String from)
            throws IOException {
        writer.line("sender", from);
        String name = options.fullName == null ? user.fullName() : options.fullName;
        optional(writer, "fullname", name.isEmpty() ? null : name);
        optional(writer, "rewrite_context", options.gateway ? "remote" : null);
        optional(writer, "encoding", options.encoding);
        optional(writer, "envelope_id", from.isEmpty() ? null : options.envelopeId);
        optional(writer, "ret_flags", options.returns);
        optional(writer, "report", options.verify ? "verify" : null);
        optional(writer, "report", options.verbose == 1 ? "delivery" : null);
        for (String each : options.asked) {
            writer.line(each, "yes");
        }
        String verp = options.verp;
        optional(writer, "verp_delims", "".equals(verp) ? main.verpDelimiters() : verp);
        if (options.notify != 0) {
            writer.line("notify", Integer.toHexString(options.notify));
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
    static void poke(Path socket, Messages postdrop) {
        if (!Files.exists(socket)) {
            postdrop.warning("unable to look up public/pickup: No such file or directory");
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
