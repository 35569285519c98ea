package org.postrider.cleanup;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.dkim.ArcResult;
import org.postrider.dsn.Status;
import org.postrider.memory.Budget;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.milter.MailFilter;
import org.postrider.queue.Envelope;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// Receives messages under the settings of a `cleanup` service. Any thread.
public interface CleanupService {
    QueueId newId();

    /// The setting for which mail of others is not taken, in words for the log; null where it is.
    default @Nullable String held() {
        return null;
    }

    /// Mail of our own users is signed, if its author's domain has a key.
    default boolean signs() {
        return false;
    }

    /// For the content of the next message.
    ContentWriter content();

    /// Memory for the recipients of the next message, while they are received.
    default Budget.Share receiving() {
        return new Budget("envelopes", Long.MAX_VALUE / 4, Long.MAX_VALUE / 4, 0).share();
    }

    /// For the recipients of the next message: they lie in a file where they are very many.
    ///
    /// @param memory what they take in memory is charged to it, and it stays its owner's
    default Recipient.Writer recipients(Budget.Share memory) {
        return Recipient.Writer.inMemory(memory::take);
    }

    /// Runs the stages (headers, rewriting, checks, filter, bcc) and commits. Returns when durable.
    /// Logs `message-id=`. The caller turns a rejection into a reply or a bounce.
    Result submit(Submission submission);

    /// Runs the stages and leaves the commit to the caller: for mail that becomes durable together
    /// with what it stands for, a notice with its marks, a forwarded mail with the mark of the
    /// recipient it was forwarded for ([org.postrider.delivery.Outcome.Sent]).
    Prepared prepare(Submission submission);

    /// Says in the log what cleanup has to say of a mail that became larger than message_size_limit
    /// while it was received, and which its receiver refuses.
    ///
    /// @param header of what came
    default void tooLarge(QueueId id, byte[] header) {}

    /// What was known of a stranger's mail when it came.
    ///
    /// @param chain what came of its ARC chain
    /// @param results the value of Authentication-Results, unfolded
    record Arrival(ArcResult chain, String results) {}

    /// What a receiver (smtpd, pickup, bounce, local) hands over.
    ///
    /// @param envelope as it came: cleanup rewrites and expands its addresses
    /// @param options what to do, see [Option]
    /// @param arrival what was known of its authenticity when it came, to be sealed if it leaves
    ///   again; null where nothing was
    /// @param filter the filters that have heard the session that it came by, open; null where
    ///   there was none, and cleanup has its own (non_smtpd_milters)
    record Submission(
            QueueId id,
            Envelope envelope,
            Content content,
            Set<Option> options,
            @Nullable MailFilter filter,
            @Nullable Arrival arrival) {
        /// Mail that nobody has checked.
        public Submission(
                QueueId id,
                Envelope envelope,
                Content content,
                Set<Option> options,
                @Nullable MailFilter filter) {
            this(id, envelope, content, options, filter, null);
        }

        /// Mail that no session's filters have heard of.
        public Submission(QueueId id, Envelope envelope, Content content, Set<Option> options) {
            this(id, envelope, content, options, null);
        }
    }

    /// Cleanup flags.
    enum Option {
        /// Local rewrite context: add missing headers, complete addresses.
        LOCAL_REWRITE,
        /// header_checks, body_checks and the like apply.
        FILTER,
        /// Address mappings (canonical, virtual, bcc) apply.
        MAP,
        /// Milters apply.
        MILTER,
        /// It is mail of our own users, or of our own making: signed where its author's domain has
        /// a key.
        SIGN,
        /// Put it on hold.
        HOLD,
        /// Accept and drop.
        DISCARD,
        /// Mail of our own making: bounce, notice.
        INTERNAL;

        /// What applies to mail that comes in, but for what receive_override_options leaves out.
        public static Set<Option> received(List<String> overrides) {
            Set<Option> out = EnumSet.of(FILTER, MAP, MILTER, SIGN);
            out.removeIf(o ->
                    switch (o) {
                        case FILTER -> overrides.contains("no_header_body_checks");
                        case MAP -> overrides.contains("no_address_mappings");
                        case MILTER, SIGN -> overrides.contains("no_milters");
                        case LOCAL_REWRITE, HOLD, DISCARD, INTERNAL -> false;
                    });
            return out;
        }
    }

    /// What became of it.
    sealed interface Result {
        /// @param size as Postfix counts it
        record Queued(QueueId id, long size) implements Result {}

        /// Refused for good or for now.
        ///
        /// @param reply as a client hears it, in Postfix's words (`message content rejected`, `too
        ///   many hops`) or a milter's
        /// @param about what the postmaster may be told it is
        record Rejected(Reply reply, NotifyClass about) implements Result {
            /// One line.
            ///
            /// @param status of that code's class, whatever its own is
            public Rejected(int code, Status status, String text, NotifyClass about) {
                this(Reply.of(code, status.as(code / 100), text), about);
            }

            public int code() {
                return reply.code();
            }

            public Status status() {
                Status own = reply.status();
                return own == null ? new Status(code() / 100, 0, 0) : own;
            }

            /// Without code and status; several lines are one, parted by theirs.
            public String text() {
                return String.join("__" + code() + " " + status() + " ", reply.lines());
            }
        }

        /// A DISCARD action: answered 250, dropped.
        record Discarded(@Nullable String text) implements Result {}
    }

    /// A submission that has been through the stages. Closed by whoever asked for it, after its
    /// commit: until then its recipients, and a content that a stage made, are charged to cleanup.
    sealed interface Prepared extends AutoCloseable {
        /// Mail to commit, alone or together with marks and other mail.
        ///
        /// @param release gives back what it took
        record Ready(NewMessage message, Runnable release) implements Prepared {
            @Override
            public void close() {
                release.run();
            }
        }

        /// There is nothing to commit.
        record Refused(Result.Rejected result) implements Prepared {
            @Override
            public void close() {
                // it took nothing
            }
        }

        /// It is accepted and dropped.
        record Dropped(Result.Discarded result) implements Prepared {
            @Override
            public void close() {
                // it took nothing
            }
        }

        @Override
        void close();
    }

    /// What is done with mail of our own making of one class of internal_mail_filter_classes:
    /// `bounce` or `notify`.
    static Set<Option> internal(Settings settings, String mailClass) {
        return settings.get(CleanupParams.INTERNAL_FILTER_CLASSES).contains(mailClass)
                ? EnumSet.of(Option.INTERNAL, Option.MAP, Option.FILTER, Option.MILTER, Option.SIGN)
                : EnumSet.of(Option.INTERNAL, Option.MAP, Option.SIGN);
    }

    /// Words that are misspelled would let mail pass unfiltered, or doubled.
    ///
    /// @throws ConfigException for a word of receive_override_options or
    ///   internal_mail_filter_classes that nobody knows
    static void check(Settings settings) {
        CleanupParams.WORDS.forEach((parameter, known) -> {
            for (String word : settings.get(parameter)) {
                if (!known.contains(word)) {
                    throw new ConfigException(
                            "unknown " + parameter.name() + " value \"" + word + "\"");
                }
            }
        });
    }

    /// What is wrong with a result of header_checks and their kin; null for nothing. Mail goes on
    /// as if there were none.
    ///
    /// @param parameter the one that names the table
    static @Nullable String result(String found, String parameter) {
        return CheckTables.fault(
                found, parameter, parameter.equals(CleanupParams.BODY_CHECKS.name()));
    }

    /// The services of a generation by name (`cleanup_service_name`).
    interface Directory {
        CleanupService cleanup(String serviceName);
    }
}
