package org.postrider.smtpd.command;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Stage;
import org.postrider.cleanup.CleanupParams;
import org.postrider.cleanup.CleanupService;
import org.postrider.log.MailEvent;
import org.postrider.message.ContentWriter;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.input.Chunks;
import org.postrider.smtpd.input.SafeWriter;
import org.postrider.smtpd.mail.MailEnd;
import org.postrider.smtpd.proxy.ProxyMail;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Mail;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;
import org.postrider.wire.Words;

/// BDAT: the content comes in chunks (RFC 3030). The octets of a chunk that is refused are taken
/// too, and those of all that follow it up to the last one.
public final class Bdat extends Verb {
    private final CleanupService cleanup;
    private final MailEnd end;
    private final long sizeLimit;

    Bdat(Makings m, MailEnd end) {
        super("BDAT");
        cleanup = m.cleanup();
        sizeLimit = m.settings().get(CleanupParams.MESSAGE_SIZE_LIMIT);
        this.end = end;
    }

    /// What a command announces.
    private sealed interface Announced {
        /// It is no BDAT command.
        record Malformed() implements Announced {}

        record Chunk(long octets, boolean last) implements Announced {}
    }

    private static Announced announced(String arguments) {
        List<String> words = Words.of(arguments);
        boolean last = words.size() == 2;
        if (words.isEmpty()
                || words.size() > 2
                || (last && !words.get(1).equalsIgnoreCase("LAST"))) {
            return new Announced.Malformed();
        }
        long n = 0;
        for (char c : words.getFirst().toCharArray()) {
            if (c < '0' || c > '9' || n > (Long.MAX_VALUE - (c - '0')) / 10) {
                return new Announced.Malformed();
            }
            n = n * 10 + (c - '0');
        }
        return new Announced.Chunk(n, last);
    }

    @Override
    public Admission check(State state, String arguments) {
        return switch (state) {
            case State.Connected _, State.Greeted _ -> Admission.refuse(SmtpdReplies.NEED_RCPT);
            case State.InMail m ->
                    m.mail().recipientCount() > 0
                            ? Admission.PROCEED
                            : Admission.refuseQuietly(SmtpdReplies.NO_VALID_RECIPIENTS);
            case State.InChunks _, State.SkippingChunks _ -> Admission.PROCEED;
        };
    }

    @Override
    public void refuse(Session s, String arguments, Admission.Refuse with) throws IOException {
        if (sound(s, arguments) instanceof Announced.Chunk chunk) {
            skip(s, chunk, with.reply(), with.about());
        }
    }

    @Override
    public void proceed(Session s, String arguments) throws IOException {
        if (!(sound(s, arguments) instanceof Announced.Chunk chunk)) {
            return;
        }
        Mail mail = s.mail();
        if (mail == null || s.state() instanceof State.SkippingChunks) {
            String said = "Discarded " + chunk.octets() + " bytes after earlier error";
            skip(s, chunk, Reply.of(551, 0, 0, said), NotifyClass.PROTOCOL);
            return;
        }
        Reply refusal = mail.chunks() == null ? refusal(s, mail) : null;
        if (refusal != null) {
            skip(s, chunk, refusal, s.judge.about(refusal));
            return;
        }
        ProxyMail proxied = mail.proxied;
        Reply unwanted =
                proxied == null || mail.chunks() != null
                        ? null
                        : proxied.data("DATA", end.judges(s, mail));
        if (unwanted != null) {
            skip(s, chunk, unwanted, ProxyMail.about(unwanted));
            return;
        }
        Chunks chunks = begun(s, mail);
        if (sizeLimit > 0 && chunk.octets() > sizeLimit - chunks.receiver().size()) {
            tooLarge(s, chunks, chunk);
            return;
        }
        receive(s, chunks, chunk);
        if (chunk.last()) {
            ended(s, mail, chunks);
        } else {
            if (proxied != null && proxied.lost()) {
                s.rejects.proxied(false, mail, proxied.last());
                s.skipChunks();
                mail.leaveFilter();
                s.error(SmtpdReplies.QUEUE_WRITE, NotifyClass.SOFTWARE);
                return;
            }
            mail.chunked();
            s.inChunks(mail);
            s.send(Reply.of(250, 0, 0, "Ok: " + chunk.octets() + " bytes"));
        }
    }

    /// Before the first chunk, as at DATA.
    private static @Nullable Reply refusal(Session s, Mail mail) {
        Reply refusal = s.judge.refusalOfAll(Stage.DATA, mail);
        if (refusal != null) {
            s.rejects.log("reject", Stage.DATA, refusal);
        }
        return refusal == null ? s.milters.data() : refusal;
    }

    /// What is malformed, or of no octets and not the last, has been answered.
    private Announced sound(Session s, String arguments) throws IOException {
        if (s.greeting.discards("CHUNKING")) {
            s.error(SmtpdReplies.CHUNKING_OFF);
            s.answers.end();
            return new Announced.Malformed();
        }
        return switch (announced(arguments)) {
            case Announced.Malformed m -> {
                warn(s, "malformed BDAT command syntax", ": BDAT " + arguments);
                s.error(SmtpdReplies.BDAT_SYNTAX);
                s.answers.end();
                yield m;
            }
            case Announced.Chunk chunk -> {
                if (chunk.octets() == 0 && !chunk.last()) {
                    warn(s, "null BDAT request", "");
                    skip(s, chunk, SmtpdReplies.NULL_CHUNK, NotifyClass.PROTOCOL);
                    yield new Announced.Malformed();
                }
                yield chunk;
            }
        };
    }

    private static void warn(Session s, String what, String more) {
        s.log(new MailEvent.BadChunk(s.rejects.id(), what, s.peer().nameAndAddress(), more));
    }

    /// Takes the octets of a chunk that is refused; up to the last one, so are those after it.
    private static void skip(Session s, Announced.Chunk chunk, Reply reply, NotifyClass about)
            throws IOException {
        s.flush();
        long left = chunk.octets();
        while (left > 0) {
            if (!s.in.pending() && !s.in.fill()) {
                throw new EOFException();
            }
            int n = (int) Math.min(left, s.in.end() - s.in.start());
            s.in.take(n);
            left -= n;
        }
        if (chunk.last()) {
            s.abandon();
        } else {
            s.skipChunks();
        }
        s.error(reply, about);
    }

    private void tooLarge(Session s, Chunks chunks, Announced.Chunk chunk) throws IOException {
        if (chunk.octets() > sizeLimit - chunks.octets()) {
            warn(s, "BDAT request", " exceeds message size limit");
            skip(s, chunk, SmtpdReplies.CHUNK_SIZE, NotifyClass.POLICY);
        } else {
            s.log(new MailEvent.TooLarge(s.rejects.id()));
            skip(s, chunk, SmtpdReplies.TOO_BIG, NotifyClass.BOUNCE);
        }
    }

    private static void receive(Session s, Chunks chunks, Announced.Chunk chunk)
            throws IOException {
        long left = chunk.octets();
        s.in.content();
        s.place.received(chunks.octets());
        while (left > 0) {
            if (!s.in.pending()) {
                s.in.contentMode();
                if (!s.in.fill()) {
                    throw new EOFException();
                }
            }
            int n = (int) Math.min(left, s.in.end() - s.in.start());
            chunks.take(s.in.buffer(), s.in.start(), n);
            s.place.received(chunks.octets());
            s.in.take(n);
            left -= n;
        }
        if (chunk.last()) {
            s.in.commandMode();
        }
    }

    /// The last chunk is there.
    private void ended(Session s, Mail mail, Chunks chunks) throws IOException {
        boolean unended = chunks.flushTail();
        long size = chunks.octets() + chunks.receiver().bareNewlines() + (unended ? 2 : 0);
        mail.takeChunks();
        try (chunks) {
            s.inMail(mail);
            end.finish(s, mail, chunks.receiver(), chunks.writer(), size);
        }
    }

    /// The chunks of the mail in progress; begins them with the first.
    private Chunks begun(Session s, Mail mail) throws IOException {
        Chunks known = mail.chunks();
        if (known != null) {
            return known;
        }
        ContentWriter writer = new SafeWriter(end.writer(mail));
        boolean begun = false;
        try {
            Chunks first = new Chunks(writer, end.receiver(s, mail, writer, false));
            mail.begin(first);
            begun = true;
            return first;
        } finally {
            if (!begun) {
                writer.close();
            }
        }
    }
}
