package org.postrider;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.postrider.config.ConfigException;
import org.postrider.config.Families;
import org.postrider.config.MainCf;
import org.postrider.config.MasterCf;
import org.postrider.disk.RealDisk;
import org.postrider.maps.Table;
import org.postrider.master.Configuration;
import org.postrider.master.Made;
import org.postrider.master.Program;
import org.postrider.master.Programs;
import org.postrider.master.Server;
import org.postrider.pickup.MaildropWriter;
import org.postrider.queue.QueueException;

/// A mail system that runs within this program, from [Builder#start] until it is closed. Several
/// may run side by side, each below a directory of its own. It never ends the program; a fault that
/// it cannot go on after is in its log, and [#awaitEnd] returns. Any thread.
public final class Postrider implements AutoCloseable {
    private final Server server;
    private final Path directory;

    private Postrider(Server server, Path directory) {
        this.server = server;
        this.directory = directory;
    }

    /// Begins to describe a mail system.
    ///
    /// @param directory where its queue, data and log lie; made when it is started, and owned by
    ///   one mail system at a time
    /// @return nothing runs yet
    public static Builder builder(Path directory) {
        return new Builder(directory.toAbsolutePath());
    }

    /// Where it listens for mail, in the order of the services; where a service asked for port 0,
    /// the port it got.
    ///
    /// @return none for a mail system without an `inet` service
    public List<InetSocketAddress> addresses() {
        return server.addresses();
    }

    /// Gives a message to the mail system, as `sendmail` does. It is delivered some moments later,
    /// whatever happens to this program; after [#close], by the next one that is started below the
    /// same directory.
    ///
    /// @param sender the envelope sender; nothing for a notice, which is never answered
    /// @param recipients at least one address
    /// @param message header, an empty line, body; lines end in LF or CRLF
    /// @throws IOException when it could not be made durable; nothing was sent then
    /// @throws IllegalArgumentException without a recipient, or for an address with a line end
    public void submit(String sender, List<String> recipients, byte[] message) throws IOException {
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("no recipient");
        }
        try (MaildropWriter file =
                MaildropWriter.create(
                        new RealDisk(),
                        directory.resolve("queue/maildrop"),
                        UUID.randomUUID().toString().replace("-", ""),
                        "rw-------")) {
            file.line("sender", oneLine(sender));
            for (String recipient : recipients) {
                file.line("recipient", oneLine(recipient));
            }
            file.beginContent();
            byte[] lines = withoutCr(message);
            file.content(lines, 0, lines.length);
            file.commit();
        }
        server.wakePickup();
    }

    private static byte[] withoutCr(byte[] message) {
        byte[] out = new byte[message.length];
        int length = 0;
        for (int i = 0; i < message.length; i++) {
            boolean lineEnd =
                    message[i] == '\r' && i + 1 < message.length && message[i + 1] == '\n';
            if (!lineEnd) {
                out[length++] = message[i];
            }
        }
        return Arrays.copyOf(out, length);
    }

    private static String oneLine(String address) {
        if (address.chars().anyMatch(c -> c < ' ' || c == 127)) {
            throw new IllegalArgumentException("a control character in an address");
        }
        return Text.octets(address);
    }

    /// Tries all deferred mail now (`postqueue -f`).
    public void flush() {
        server.flush();
    }

    /// Waits until it has ended: closed, or after a fault that it could not go on after.
    ///
    /// @return false after such a fault; everything accepted is in the queue, and it may be started
    ///   again
    public boolean awaitEnd() {
        return server.awaitEnd();
    }

    /// Ends it: no new sessions, and mail on its way in may come whole for some seconds, as may
    /// deliveries. Everything accepted is in the queue.
    @Override
    public void close() {
        server.close();
    }

    /// Settings, services, agents and tables of a mail system that does not run yet. Not for
    /// several threads at once.
    public static final class Builder {
        /// What every mail system has, as in Postfix's own master.cf; no service takes mail from
        /// the network.
        private static final List<String> INSIDE =
                List.of(
                        "pickup unix n - n 60 1 pickup",
                        "cleanup unix n - n - 0 cleanup",
                        "qmgr unix n - n 300 1 qmgr",
                        "rewrite unix - - n - - trivial-rewrite",
                        "bounce unix - - n - 0 bounce",
                        "defer unix - - n - 0 bounce",
                        "trace unix - - n - 0 bounce",
                        "flush unix n - n 1000? 0 flush",
                        "smtp unix - - n - - smtp",
                        "relay unix - - n - - smtp",
                        "showq unix n - n - - showq",
                        "error unix - - n - - error",
                        "retry unix - - n - - error",
                        "discard unix - - n - - discard");

        private final Path directory;
        private final Map<String, String> parameters = new LinkedHashMap<>();
        private final List<String> services = new ArrayList<>(INSIDE);
        private final Map<String, Table> tables = new LinkedHashMap<>();
        private Programs programs = Programs.standard();

        private Builder(Path directory) {
            this.directory = directory;
            parameter("compatibility_level", "3.11");
            parameter("queue_directory", directory.resolve("queue").toString());
            parameter("data_directory", directory.resolve("data").toString());
            parameter("maillog_file", directory.resolve("log").toString());
            parameter("maillog_file_prefixes", "/");
        }

        /// Sets a parameter of main.cf. The value may refer to others (`$myhostname`).
        ///
        /// @param name such as `myhostname`
        /// @param value as main.cf has it; the last one of a name counts
        /// @return this
        public Builder parameter(String name, String value) {
            parameters.put(name, value);
            return this;
        }

        /// Adds a line of master.cf, in place of one of the same name and type. What every mail
        /// system has inside is there already.
        ///
        /// @param line such as `127.0.0.1:0 inet n - n - - smtpd -o smtpd_tls_security_level=may`
        /// @return this
        public Builder service(String line) {
            services.removeIf(each -> endpoint(each).equals(endpoint(line)));
            services.add(line);
            return this;
        }

        private static String endpoint(String line) {
            String[] words = line.strip().split("\\s+", 3);
            return words.length < 2 ? line : words[0] + "/" + words[1];
        }

        /// Adds a delivery agent, and a service of its name that runs it: a transport.
        ///
        /// @param name what mail is routed to, such as `tickets`: letters, digits and `-`
        /// @param agent called for each message that is
        /// @return this
        /// @throws IllegalArgumentException for another name
        public Builder agent(String name, DeliveryAgent agent) {
            named(name);
            Made made = new Made.Delivers(new AgentBridge(agent));
            programs =
                    programs.with(
                            Program.agent(name, (_, _) -> made)
                                    .bringing(Families.Family.TRANSPORT));
            return service(name + " unix - - n - - " + name);
        }

        /// Adds a lookup table, which settings name `java:NAME`.
        ///
        /// @param name letters, digits and `-`
        /// @param table asked for each key
        /// @return this
        /// @throws IllegalArgumentException for another name
        public Builder table(String name, LookupTable table) {
            named(name);
            tables.put("java:" + name, new TableBridge("java:" + name, table));
            return this;
        }

        private static void named(String name) {
            if (!name.matches("[A-Za-z0-9][A-Za-z0-9-]*")) {
                throw new IllegalArgumentException("no name for a service or a table: " + name);
            }
        }

        /// Starts it; returns when it listens.
        ///
        /// @return what runs, to be closed
        /// @throws PostriderException with the reason, where it cannot run as described: a value
        ///   that means nothing, an address or a directory that is in use, a queue that cannot be
        ///   read; nothing is left running then
        public Postrider start() {
            try {
                Configuration described = configuration();
                return new Postrider(Server.start(() -> described), directory);
            } catch (ConfigException | QueueException e) {
                throw new PostriderException(String.valueOf(e.getMessage()), e);
            }
        }

        private Configuration configuration() {
            return Configuration.of(
                    Configuration.settings(MainCf.of(directory.resolve("main.cf"), parameters)),
                    MasterCf.parse(
                            directory.resolve("master.cf"), String.join("\n", services) + "\n"),
                    programs,
                    tables);
        }
    }
}
