package org.postrider.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.AddressList;
import org.postrider.config.ConfigException;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;
import org.postrider.disk.Disk;
import org.postrider.disk.RealDisk;
import org.postrider.master.Server;
import org.postrider.pickup.MaildropWriter;
import org.postrider.queue.Recipient;

/// sendmail(1): leaves a message in maildrop and pokes pickup; works without a server. Started for
/// every submission, so it touches few classes and reads main.cf itself for two values.
public final class Sendmail {
    private static final int OK = 0;
    private static final int UNAVAILABLE = 69;
    private static final int SOFTWARE = 70;

    /// What Postfix ends with for every fatal error, usage included: the submitter tries again.
    private static final int TEMPORARY = 75;

    /// Flags that take a value, attached or as the next argument.
    private static final String VALUED = "ABCFLNORVXfhopr";

    private static final String FLAGS = "GIUaimntvbeq";
    private static final int TOKENS = 10240;

    private final InputStream in;
    private final PrintStream err;

    private char mode = 'm';
    private boolean dotEnds = true;
    private boolean extract;
    private boolean flush;
    private @Nullable String flushWhat;
    private @Nullable String sender;
    private @Nullable String fullName;
    private @Nullable String configuration;
    private @Nullable String encoding;
    private @Nullable String envelopeId;
    private @Nullable String returns;
    private int notify;
    private final List<String> recipients = new ArrayList<>();

    /// Ends the command with a status.
    private static final class Fatal extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int status;

        Fatal(int status, String message) {
            super(message, null, false, false);
            this.status = status;
        }
    }

    public Sendmail(InputStream in, PrintStream err) {
        this.in = in;
        this.err = err;
    }

    /// @param name `sendmail`, `mailq` or `newaliases`
    /// @param fallback runs another command of this program
    /// @return an exit status of sysexits.h
    public int run(String name, String[] args, Other fallback) {
        try {
            options(args);
            if (name.equals("mailq")) {
                mode = 'p';
            } else if (name.equals("newaliases")) {
                mode = 'i';
            }
            return act(fallback);
        } catch (Fatal e) {
            err.println(name + ": fatal: " + e.getMessage());
            return e.status;
        }
    }

    /// Runs another command.
    public interface Other {
        int run(String name, String[] args);
    }

    private int act(Other other) {
        if (flush || mode == 'p' || mode == 'i' || mode == 'd' || mode == 'l') {
            noRecipients();
        }
        if (flush) {
            return queueCommand(other, flushWhat == null ? "-f" : flushWhat);
        }
        return switch (mode) {
            case 'm' -> submit();
            case 'p' -> queueCommand(other, "-p");
            case 'i' -> aliases(other);
            case 's' -> standalone();
            case 'v' -> throw new Fatal(UNAVAILABLE, "-bv is not built yet");
            case 'd', 'l' -> {
                List<String> args = configured();
                args.add("start");
                yield other.run("postfix", args.toArray(new String[0]));
            }
            default -> throw new Fatal(SOFTWARE, "mode " + mode);
        };
    }

    private void noRecipients() {
        if (recipients.isEmpty()) {
            return;
        }
        String what =
                flush && flushWhat != null
                        ? flushWhat.startsWith("-s") ? "flush site" : "flush queue_id"
                        : flush
                                ? "flush queue mode"
                                : mode == 'p'
                                        ? "display queue mode"
                                        : mode == 'i' ? "alias initialization mode" : "daemon mode";
        throw new Fatal(TEMPORARY, what + " requires no recipient");
    }

    /// `newaliases`: postalias for each table of alias_database.
    private int aliases(Other other) {
        ServiceSettings settings;
        try {
            settings = ToolConfig.settings("newaliases", 1, directory(), Terminal.system());
        } catch (CommandException e) {
            throw new Fatal(e.status(), String.valueOf(e.getMessage()));
        }
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

    private void options(String[] args) {
        int i = 0;
        while (i < args.length) {
            String arg = args[i];
            if (arg.equals("--")) {
                i++;
                break;
            }
            if (arg.length() < 2 || arg.charAt(0) != '-') {
                break;
            }
            i = cluster(args, i) + 1;
        }
        for (; i < args.length; i++) {
            recipients.add(args[i]);
        }
    }

    /// Reads `-tiffoo` and its like.
    ///
    /// @return the index of the last argument used
    private int cluster(String[] args, int index) {
        String arg = args[index];
        for (int k = 1; k < arg.length(); k++) {
            char c = arg.charAt(k);
            if (c == 'b' || c == 'e' || c == 'q' || c == 'o') {
                // -o is followed by one letter; -o x value takes another argument
                return attached(args, index, c, arg.substring(k + 1));
            }
            if (VALUED.indexOf(c) >= 0) {
                if (k + 1 < arg.length()) {
                    valued(c, arg.substring(k + 1));
                    return index;
                }
                if (index + 1 == args.length) {
                    invalid("option requires an argument -- '" + c + "'");
                    throw new Fatal(TEMPORARY, "usage: sendmail [options]");
                }
                valued(c, args[index + 1]);
                return index + 1;
            }
            plain(c);
        }
        return index;
    }

    private int attached(String[] args, int index, char c, String rest) {
        switch (c) {
            case 'b' -> {
                if (rest.isEmpty()) {
                    throw new Fatal(TEMPORARY, "usage: sendmail [options]");
                }
                mode(rest.charAt(0));
            }
            case 'q' -> queue(rest);
            case 'o' -> {
                if (rest.equals("i")) {
                    dotEnds = false;
                } else if (rest.isEmpty() || (rest.length() == 1 && "x".equals(rest))) {
                    return Math.min(index + 1, args.length - 1);
                } else if (rest.charAt(0) == 'A' && rest.length() == 1) {
                    return Math.min(index + 1, args.length - 1);
                }
            }
            default -> {
                // -e: ignored
            }
        }
        return index;
    }

    private void mode(char c) {
        if ("dilmpsv".indexOf(c) >= 0) {
            mode = c;
        } else if (c != 'h' && c != 'H') {
            throw new Fatal(TEMPORARY, "unsupported: -b" + c);
        }
    }

    private void queue(String rest) {
        if (rest.isEmpty()) {
            flush = true;
        } else if (rest.charAt(0) == 'R' || rest.charAt(0) == 'S') {
            flush = true;
            flushWhat = "-s" + rest.substring(1);
        } else if (rest.charAt(0) == 'I') {
            flush = true;
            flushWhat = "-i" + rest.substring(1);
        }
    }

    private void plain(char c) {
        switch (c) {
            case 'i' -> dotEnds = false;
            case 't' -> extract = true;
            case 'I' -> mode = 'i';
            case 'v' -> warn("-v: the delivery report is not built yet");
            default -> {
                if (FLAGS.indexOf(c) < 0) {
                    invalid("invalid option -- '" + c + "'");
                    throw new Fatal(TEMPORARY, "usage: sendmail [options]");
                }
            }
        }
    }

    private void valued(char c, String value) {
        switch (c) {
            case 'f', 'r' -> sender = value;
            case 'F' -> fullName = value;
            case 'C' -> configuration = value;
            case 'B' -> encoding(value);
            case 'N' -> notify(value);
            case 'R' -> returns(value);
            case 'V' -> envelopeId = value;
            default -> {
                // -A -L -O -X -h -p: ignored
            }
        }
    }

    private void encoding(String value) {
        if (value.equalsIgnoreCase("8BITMIME")) {
            encoding = "8bit";
        } else if (value.equalsIgnoreCase("7BIT")) {
            encoding = "7bit";
        } else {
            throw new Fatal(TEMPORARY, "-B option needs 8BITMIME or 7BIT");
        }
    }

    private void notify(String value) {
        int sum = 0;
        int from = 0;
        boolean good = true;
        while (from <= value.length()) {
            int comma = value.indexOf(',', from);
            String word = value.substring(from, comma < 0 ? value.length() : comma).strip();
            int one =
                    word.equalsIgnoreCase("never")
                            ? Recipient.NEVER
                            : word.equalsIgnoreCase("success")
                                    ? Recipient.SUCCESS
                                    : word.equalsIgnoreCase("failure")
                                            ? Recipient.FAILURE
                                            : word.equalsIgnoreCase("delay") ? Recipient.DELAY : 0;
            good &= one != 0;
            sum |= one;
            from = comma < 0 ? value.length() + 1 : comma + 1;
        }
        if (!good || ((sum & Recipient.NEVER) != 0 && sum != Recipient.NEVER)) {
            warn("bad -N option value -- ignored");
        } else {
            notify = sum;
        }
    }

    private void returns(String value) {
        if (value.equalsIgnoreCase("full")) {
            returns = "1";
        } else if (value.equalsIgnoreCase("hdrs")) {
            returns = "2";
        } else {
            warn("bad -R option value -- ignored");
        }
    }

    /// Postfix reads its options twice.
    private void invalid(String what) {
        err.println("sendmail: " + what);
        err.println("sendmail: " + what);
    }

    private void warn(String text) {
        err.println("sendmail: warning: " + text);
    }

    private Path directory() {
        String set = configuration != null ? configuration : System.getenv("MAIL_CONFIG");
        if (set == null || set.isEmpty()) {
            return Path.of("/etc/postfix");
        }
        Path path = Path.of(set);
        // -C names a directory or a file in it.
        Path parent = path.getParent();
        return !Files.isDirectory(path) && parent != null ? parent : path;
    }

    private int standalone() {
        try {
            return new StandaloneSmtp(Server.settings(directory()), this::poke).run(in, System.out);
        } catch (ConfigException e) {
            throw new Fatal(TEMPORARY, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new Fatal(TEMPORARY, "SMTP session: " + e.getMessage());
        }
    }

    private int submit() {
        MainCf main;
        try {
            main = MainCf.read(directory().resolve("main.cf"));
        } catch (ConfigException e) {
            throw new Fatal(TEMPORARY, String.valueOf(e.getMessage()));
        }
        Path maildrop =
                Path.of(value(main, "queue_directory", "/var/spool/postfix")).resolve("maildrop");
        long limit = limit(value(main, "message_size_limit", "10240000"));
        String user = System.getProperty("user.name", "unknown");
        Submission message = new Submission(in, dotEnds);
        try {
            message.readHeader();
        } catch (IOException e) {
            throw new Fatal(TEMPORARY, who(user) + "error reading input: " + e.getMessage());
        }
        List<String> to = recipients(user, message);
        String from = from(user);
        if (envelopeId != null && from.isEmpty()) {
            envelopeId = null;
        }
        write(maildrop, user, message, from, to, limit);
        poke(maildrop.resolveSibling("public").resolve("pickup"));
        return OK;
    }

    private List<String> recipients(String user, Submission message) {
        List<String> to = new ArrayList<>();
        for (String arg : recipients) {
            to.addAll(AddressList.parse(octets(arg), TOKENS).addresses());
        }
        if (extract) {
            to.addAll(message.headerRecipients());
            if (to.isEmpty()) {
                throw new Fatal(
                        TEMPORARY, who(user) + "No recipient addresses found in message header");
            }
        } else if (to.isEmpty()) {
            throw new Fatal(
                    TEMPORARY,
                    who(user)
                            + "Recipient addresses must be specified on the command line or via"
                            + " the -t option");
        }
        return to;
    }

    private String from(String user) {
        if (sender == null) {
            return user;
        }
        String text = octets(sender);
        if (text.isEmpty() || text.equals("<>")) {
            return "";
        }
        List<String> parsed = AddressList.parse(text, TOKENS).addresses();
        if (parsed.size() != 1) {
            warn("-f option specified malformed sender: " + sender);
            return parsed.isEmpty() ? user : parsed.getFirst();
        }
        return parsed.getFirst();
    }

    /// Arguments come decoded; mail keeps octets.
    private static String octets(String argument) {
        for (int i = 0; i < argument.length(); i++) {
            if (argument.charAt(i) > 127) {
                return new String(
                        argument.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            }
        }
        return argument;
    }

    private void write(
            Path maildrop,
            String user,
            Submission message,
            String from,
            List<String> to,
            long limit) {
        Disk disk = new RealDisk();
        try (MaildropWriter writer =
                MaildropWriter.create(disk, maildrop, name(), permissions(maildrop, user))) {
            writer.line("sender", from);
            String name = fullName == null ? fullNameOf(user) : octets(fullName);
            if (!name.isEmpty()) {
                writer.line("fullname", name);
            }
            optional(writer, "encoding", encoding);
            optional(writer, "envelope_id", envelopeId);
            optional(writer, "ret_flags", returns);
            if (notify != 0) {
                writer.line("notify", Integer.toHexString(notify));
            }
            for (String address : to) {
                writer.line("recipient", address);
            }
            writer.beginContent();
            if (!message.copy(writer, limit)) {
                throw new Fatal(TEMPORARY, who(user) + "message file too big");
            }
            writer.commit();
        } catch (java.nio.file.AccessDeniedException | java.nio.file.NoSuchFileException e) {
            throw new Fatal(TEMPORARY, who(user) + "unable to write to " + maildrop + ": " + e);
        } catch (IOException e) {
            throw new Fatal(TEMPORARY, who(user) + "error writing queue file: " + e.getMessage());
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

    /// The name of passwd(5)'s comment field; `&` stands for the login name.
    private static String fullNameOf(String user) {
        String name = System.getenv("NAME");
        if (name != null) {
            return octets(name);
        }
        try {
            String all = Files.readString(Path.of("/etc/passwd"), StandardCharsets.ISO_8859_1);
            int at = all.startsWith(user + ":") ? 0 : all.indexOf("\n" + user + ":");
            if (at < 0) {
                return "";
            }
            int end = all.indexOf('\n', at + 1);
            int field = at;
            for (int i = 0; i < 4 && field >= 0; i++) {
                field = all.indexOf(':', field) + 1;
            }
            int stop = field;
            while (stop < end && all.charAt(stop) != ':' && all.charAt(stop) != ',') {
                stop++;
            }
            String capital = Character.toUpperCase(user.charAt(0)) + user.substring(1);
            return all.substring(field, stop).replace("&", capital);
        } catch (IOException e) {
            return "";
        }
    }

    private static String who(String user) {
        long uid = -1;
        try {
            Object n = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            uid = n instanceof Integer i ? i : -1;
        } catch (IOException e) {
            // no procfs
        }
        return user + "(" + uid + "): ";
    }

    private static String value(MainCf main, String name, String otherwise) {
        MainCf.Entry entry = main.entries().get(name);
        String value = entry == null ? otherwise : entry.value();
        for (int depth = 0; depth < 20 && value.indexOf('$') >= 0; depth++) {
            value = expanded(main, value);
        }
        return value;
    }

    /// Replaces the first `$name`, `${name}` or `$(name)`; all that these two values ever hold.
    private static String expanded(MainCf main, String value) {
        int dollar = value.indexOf('$');
        int from = dollar + 1;
        boolean braces =
                from < value.length() && (value.charAt(from) == '{' || value.charAt(from) == '(');
        from += braces ? 1 : 0;
        int end = from;
        while (end < value.length()
                && (Character.isLetterOrDigit(value.charAt(end)) || value.charAt(end) == '_')) {
            end++;
        }
        MainCf.Entry entry = main.entries().get(value.substring(from, end));
        if (entry == null) {
            throw new Fatal(TEMPORARY, "cannot expand " + value);
        }
        return value.substring(0, dollar) + entry.value() + value.substring(end + (braces ? 1 : 0));
    }

    private static long limit(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new Fatal(TEMPORARY, "bad numerical configuration: message_size_limit = " + text);
        }
    }

    /// Tells a running pickup; a server that is down finds the file at its start.
    private void poke(Path socket) {
        if (!Files.exists(socket)) {
            err.println(
                    "postdrop: warning: unable to look up public/pickup: No such file or directory");
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
