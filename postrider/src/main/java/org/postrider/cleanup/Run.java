package org.postrider.cleanup;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.cleanup.author.AuthorMail;
import org.postrider.cleanup.milter.LocalMail;
import org.postrider.dsn.Status;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.TableException;
import org.postrider.memory.Budget;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.HeaderKind;
import org.postrider.message.HeaderList;
import org.postrider.milter.MailFilter;
import org.postrider.queue.Attributes;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.threads.Each;

/// One message on its way through the stages, closed after its commit. One thread.
final class Run implements AutoCloseable, AuthorMail {
    final CleanupService.Submission submission;
    final MailLog log;
    final LogTag tag;
    final Budget.Share memory;

    /// Header and body checks still apply.
    boolean checking;

    /// As it was rewritten.
    Address sender;

    /// Who gets it, once that is known.
    List<Recipient> recipients = List.of();

    /// The last one that the sender named, for the log.
    String lastRecipient = "";

    boolean hold;

    /// The kinds of fields in the header, a bit each.
    int seen;

    /// A Content-Transfer-Encoding says 8bit or binary, at last in the header of a part, too.
    boolean declaredEightBit;

    /// Rules for From have put an address of ours into it.
    boolean authorIsOurs;

    /// It is accepted and dropped; null where it is not.
    CleanupService.Result.@Nullable Discarded discarded;

    /// Those of the submission, and what the stages found.
    Attributes attributes;

    /// Recipients that checks added.
    final Set<String> bcc = new LinkedHashSet<>();

    /// The mail as milters of its own were told of it; null where it has none.
    @Nullable LocalMail local;

    private Content content;
    private @Nullable HeaderList header;
    private final Made made;
    private @Nullable Refusal refusal;

    private record Refusal(Problem problem, CleanupService.Result.Rejected result) {}

    /// @param memory for its recipients, and what milters add to its header; closed with this
    /// @param writers what holds recipients as the stages find them, asking for memory
    Run(
            CleanupService.Submission submission,
            MailLog log,
            LogTag tag,
            Budget.Share memory,
            Function<LongPredicate, Recipient.Writer> writers) {
        made = new Made(writers);
        this.memory = memory;
        this.submission = submission;
        this.log = log;
        this.tag = tag;
        Set<CleanupService.Option> options = submission.options();
        checking = options.contains(CleanupService.Option.FILTER);
        hold = options.contains(CleanupService.Option.HOLD);
        sender = submission.envelope().sender();
        content = submission.content();
        attributes = submission.envelope().attributes();
    }

    /// Who hears of its content: the session's, or its own; null for nobody.
    @Nullable MailFilter filter() {
        LocalMail shown = local;
        return shown == null ? submission.filter() : shown.filter();
    }

    /// Writes another content in the place of the one that came; closed with this.
    @Override
    public ContentWriter copy(ContentWriter writer) {
        made.add(writer);
        return writer;
    }

    /// For recipients; closed with this.
    ///
    /// @param takes asked for memory
    Recipient.Writer writer(LongPredicate takes) {
        return made.recipients(takes);
    }

    /// Those who were written are its recipients: nobody reads those before any more.
    void become(Recipient.Writer one) {
        recipients = one.all();
        made.only(one);
    }

    @Override
    public void close() {
        LocalMail shown = local;
        try {
            made.close();
        } finally {
            try {
                if (shown != null) {
                    shown.filter().close();
                }
            } finally {
                memory.close();
            }
        }
    }

    // ---- the content, as the stages leave it

    /// The header, which every stage may change: the next one sees it so.
    @Override
    public HeaderList header() {
        HeaderList list = header;
        if (list == null) {
            list = new HeaderList(content.header());
            header = list;
        }
        return list;
    }

    /// The content under the header as it is now.
    @Override
    public Content content() {
        HeaderList list = header;
        if (list != null && list.octets() != content.header()) {
            byte[] now = list.octets();
            content = content.withHeader(now, content.facts().withHeader(content.header(), now));
        }
        return content;
    }

    /// Another content, header and all.
    @Override
    public void content(Content other) {
        content = other;
        header = null;
    }

    boolean saw(HeaderKind kind) {
        return (seen & kind.bit()) != 0;
    }

    /// Some field says that the mail was sent again.
    boolean sawResent() {
        return (seen & HeaderKind.ofResent()) != 0;
    }

    // ---- its way

    QueueId id() {
        return submission.id();
    }

    boolean has(CleanupService.Option option) {
        return submission.options().contains(option);
    }

    void fail(Problem p) {
        fail(p, p.rejected());
    }

    void fail(Problem p, Status status, String text) {
        fail(p, p.rejected(status, text));
    }

    void fail(Problem p, CleanupService.Result.Rejected with) {
        Refusal before = refusal;
        if (before == null || p.ordinal() < before.problem().ordinal()) {
            refusal = new Refusal(p, with);
        }
    }

    CleanupService.Result.@Nullable Rejected failure() {
        Refusal r = refusal;
        return r == null ? null : r.result();
    }

    /// Where it came from, as log lines have it.
    String source() {
        String source = attributes.origin().source();
        return source == null ? "unknown" : source;
    }

    /// A table failed, and the mail cannot come in: logs why and for what it was asked.
    ///
    /// @return the failure, of which nothing is left to say
    @Override
    public TableException refused(TableException failure, String purpose) {
        failure.warnings().forEach(line -> log.warning(tag, line));
        warn(purpose + " -- message not accepted, try again later");
        return failure.told();
    }

    @Override
    public void later(String why) {
        warn(why + " -- message not accepted, try again later");
        fail(Problem.WRITE);
    }

    @Override
    public Address sender() {
        return sender;
    }

    @Override
    public void sender(Address other) {
        sender = other;
    }

    @Override
    public List<Recipient> recipients() {
        return recipients;
    }

    void warn(String text) {
        log.warning(tag, id() + ": " + text);
    }

    /// Contents and recipients that were written for one message on its way through the stages. One
    /// thread.
    private static final class Made implements AutoCloseable {
        private final Function<LongPredicate, Recipient.Writer> writers;
        private final List<ContentWriter> contents = new ArrayList<>(0);
        private final List<Recipient.Writer> recipients = new ArrayList<>(1);

        /// @param writers what holds recipients as the stages find them, asking for memory
        Made(Function<LongPredicate, Recipient.Writer> writers) {
            this.writers = writers;
        }

        void add(ContentWriter content) {
            contents.add(content);
        }

        Recipient.Writer recipients(LongPredicate takes) {
            Recipient.Writer one = writers.apply(takes);
            recipients.add(one);
            return one;
        }

        /// Nobody reads any others any more.
        void only(Recipient.Writer one) {
            recipients.remove(one);
            Each.of(recipients, Recipient.Writer::close);
            recipients.clear();
            recipients.add(one);
        }

        @Override
        public void close() {
            try {
                Each.of(contents, ContentWriter::close);
            } finally {
                Each.of(recipients, Recipient.Writer::close);
            }
        }
    }
}
