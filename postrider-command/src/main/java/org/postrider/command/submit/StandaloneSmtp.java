package org.postrider.command.submit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Access;
import org.postrider.anvil.Anvil;
import org.postrider.cleanup.CleanupService;
import org.postrider.cleanup.CleanupService.Prepared;
import org.postrider.config.ServiceSettings;
import org.postrider.disk.RealDisk;
import org.postrider.dsn.Status;
import org.postrider.io.Connection;
import org.postrider.log.Events;
import org.postrider.log.LogTag;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.master.Logs;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.message.MemoryContent;
import org.postrider.milter.MilterSockets;
import org.postrider.peer.ClientNames;
import org.postrider.pickup.LoginSenders;
import org.postrider.pickup.MaildropWriter;
import org.postrider.queue.Attributes;
import org.postrider.queue.Dsn;
import org.postrider.queue.Encoding;
import org.postrider.queue.Envelope;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.TrivialRewrite;
import org.postrider.smtpd.Smtpd;
import org.postrider.smtpd.SmtpdSasl;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;
import org.postrider.wire.NotifyClass;

/// `sendmail -bs`: an SMTP session on standard input and output, as smtpd(8) in stand-alone mode.
/// Nothing is refused by access rules: who may run it may submit mail. Mail goes to the maildrop,
/// so it works whether the server runs or not.
final class StandaloneSmtp {
    private static final String[] RULES = {
        "client", "helo", "sender", "recipient", "data", "end_of_data", "etrn"
    };

    /// A mail is in memory until it is written; a larger one is refused.
    private static final int LARGEST = 32 << 20;

    /// What postdrop calls a sender that local_login_sender_maps does not give.
    private static final int NOT_ALLOWED = 512;

    private final ServiceSettings settings;
    private final Path directory;
    private final Consumer<Path> poke;
    private final Clock clock = Clock.system();

    /// @param poke told where pickup listens, once a mail is there
    StandaloneSmtp(ServiceSettings given, Consumer<Path> poke) {
        this.poke = poke;
        Map<String, String> own = new HashMap<>();
        for (String rules : RULES) {
            own.put("smtpd_" + rules + "_restrictions", "");
        }
        // The session comes from the loopback address.
        own.put("mynetworks", "127.0.0.0/8 [::1]/128");
        own.put("smtpd_relay_restrictions", "permit_mynetworks, reject_unauth_destination");
        own.put("smtpd_reject_unlisted_recipient", "no");
        own.put("smtpd_reject_unlisted_sender", "no");
        own.put("smtpd_forbid_unauth_pipelining", "no");
        own.put("smtpd_forbid_bare_newline", "no");
        // Mail that pickup takes is seen by non_smtpd_milters.
        own.put("smtpd_milters", "");
        own.put("smtpd_milter_maps", "");
        settings = given.with(own);
        directory = Path.of(String.valueOf(settings.text("queue_directory"))).resolve("maildrop");
    }

    /// @return 0; what went wrong was said in the session
    int run(InputStream in, OutputStream out) throws IOException {
        Supervisor threads = Supervisor.alone();
        LogTag tag =
                new LogTag(settings.text("syslog_name") + "/smtpd", ProcessHandle.current().pid());
        try (Events log = Logs.command(settings, tag, false)) {
            ClientNames names =
                    new ClientNames(
                            clock,
                            new org.postrider.dns.SystemResolver(
                                    Path.of("/etc/resolv.conf"), 53, clock),
                            new org.postrider.dns.HostsFile(Path.of("/etc/hosts")));
            TableDirectory tables =
                    new TableDirectory(
                            new Opening(
                                    clock,
                                    threads,
                                    settings::text,
                                    warning ->
                                            log.warning(
                                                    new LogTag(
                                                            "postfix/smtpd",
                                                            ProcessHandle.current().pid()),
                                                    warning)));
            TrivialRewrite rewrite =
                    new TrivialRewrite(
                            settings,
                            tables,
                            warning ->
                                    log.warning(
                                            new LogTag(
                                                    "postfix/trivial-rewrite",
                                                    ProcessHandle.current().pid()),
                                            warning));
            Maildrop maildrop = new Maildrop(new LoginSenders(settings, tables));
            Smtpd smtpd =
                    new Smtpd(
                            settings,
                            tables,
                            new Smtpd.Services(
                                    name -> maildrop,
                                    name -> rewrite,
                                    new Access.Asked(null, null, false, _ -> null),
                                    names,
                                    SmtpdSasl.none(settings, tables),
                                    new Anvil(clock)),
                            // The server flushes; this process has no queue.
                            new Smtpd.Machine(
                                    () -> directory.toFile().getUsableSpace(),
                                    _ -> Smtpd.Flushed.ASKED,
                                    Set.of(InetAddress.getLoopbackAddress()),
                                    MilterSockets.nowhere()),
                            // No TLS over a pipe.
                            new Smtpd.Journal(log, clock, _ -> {}));
            smtpd.session(new Pipe(in, out), tag);
        }
        return 0;
    }

    /// Standard input and output as a connection from this machine. Deadlines are the terminal's or
    /// pipe's own: who runs it can end it.
    private record Pipe(InputStream in, OutputStream out) implements Connection {
        @Override
        public void deadline(long millis) {}

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return in.read(into, offset, length);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            out.write(from, offset, length);
            out.flush();
        }

        @Override
        public void write(byte[] a, int aOffset, int aLength, byte[] b, int bOffset, int bLength)
                throws IOException {
            out.write(a, aOffset, aLength);
            write(b, bOffset, bLength);
        }

        @Override
        public SocketAddress remote() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        }

        @Override
        public SocketAddress local() {
            return remote();
        }

        @Override
        public void close() {}
    }

    /// Takes the place of cleanup: pickup hands the mail to it later.
    private final class Maildrop implements CleanupService {
        private final LoginSenders senders;

        Maildrop(LoginSenders senders) {
            this.senders = senders;
        }

        @Override
        public QueueId newId() {
            return new QueueId(Sendmail.name());
        }

        @Override
        public ContentWriter content() {
            return new Collector();
        }

        @Override
        public Result submit(Submission s) {
            Submitter user = Submitter.own();
            String sender = s.envelope().sender().text();
            try {
                if (senders.refusal(user.login(), user.uid(), sender) != null) {
                    // In Postfix's words.
                    return refused("Error: internal error " + NOT_ALLOWED);
                }
            } catch (TableException e) {
                return refused("Error: queue file write error");
            }
            try (MaildropWriter to =
                    MaildropWriter.create(
                            new RealDisk(),
                            directory,
                            s.id().text(),
                            Sendmail.permissions(directory, user.name()))) {
                Envelope envelope = s.envelope();
                to.line("sender", envelope.sender().text());
                attributes(to, envelope.attributes());
                int notify = 0;
                for (Recipient r : envelope.recipients()) {
                    if (r.dsnNotify() != notify) {
                        notify = r.dsnNotify();
                        to.line("notify", Integer.toHexString(notify));
                    }
                    optional(to, "original_recipient", r.originalDsn());
                    to.line("recipient", r.address().text());
                }
                to.beginContent();
                content(to, s.content().header());
                byte[] body = s.content().inlineBody();
                content(to, body == null ? new byte[0] : body);
                to.commit();
            } catch (IOException e) {
                throw new QueueException(
                        QueueException.Kind.FAULT, "maildrop: " + e.getMessage(), e);
            }
            poke.accept(directory.resolveSibling("public").resolve("pickup"));
            return new Result.Queued(s.id(), s.content().facts().size());
        }

        private static Result refused(String text) {
            return new Result.Rejected(451, new Status(4, 3, 0), text, NotifyClass.RESOURCE);
        }

        /// Pickup's cleanup does that.
        @Override
        public Prepared prepare(Submission submission) {
            throw new UnsupportedOperationException("a session makes no mail");
        }

        private static void attributes(MaildropWriter to, Attributes a) throws IOException {
            Encoding encoding = a.encoding();
            optional(to, "encoding", encoding == null ? null : encoding.text());
            optional(to, "envelope_id", a.dsn().envelopeId());
            optional(to, "verp_delims", a.routing().verpDelimiters());
            optional(to, "smtputf8", a.routing().smtputf8() ? "yes" : null);
            optional(to, "requiretls", a.routing().requireTls() ? "yes" : null);
            Dsn.Return returned = a.dsn().returned();
            if (returned != null) {
                to.line("ret_flags", returned == Dsn.Return.FULL ? "1" : "2");
            }
        }

        private static void optional(MaildropWriter to, String name, @Nullable String value)
                throws IOException {
            if (value != null) {
                to.line(name, value);
            }
        }

        /// Lines of the maildrop end in LF.
        private static void content(MaildropWriter to, byte[] octets) throws IOException {
            byte[] out = new byte[octets.length];
            int n = 0;
            for (int i = 0; i < octets.length; i++) {
                boolean crlf = octets[i] == '\r' && i + 1 < octets.length && octets[i + 1] == '\n';
                if (!crlf) {
                    out[n++] = octets[i];
                }
            }
            to.content(out, 0, n);
        }
    }

    /// Collects in memory.
    private static final class Collector implements ContentWriter {
        private final ByteArrayOutputStream header = new ByteArrayOutputStream();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();

        @Override
        public void header(byte[] from, int offset, int length) {
            header.write(from, offset, length);
        }

        @Override
        public byte[] header() {
            return header.toByteArray();
        }

        @Override
        public void body(byte[] from, int offset, int length) throws IOException {
            if (body.size() + length > LARGEST) {
                throw new IOException("larger than a submission by -bs may be: " + LARGEST);
            }
            body.write(from, offset, length);
        }

        @Override
        public Content finish(Facts facts) {
            return new MemoryContent(header.toByteArray(), body.toByteArray(), facts);
        }

        @Override
        public void close() {}
    }
}
