package org.postrider.cleanup;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.dsn.Status;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.TableException;
import org.postrider.memory.Budget;
import org.postrider.message.ContentWriter;
import org.postrider.queue.Attributes;
import org.postrider.queue.QueueId;

/// One message on its way through the stages, closed after its commit. One thread.
final class Run implements AutoCloseable {
    final CleanupService.Submission submission;
    final MailLog log;
    final LogTag tag;
    final Budget.Share memory;

    /// Header and body checks still apply.
    boolean checking;

    /// Sender and last recipient as logged.
    String sender;

    String lastRecipient = "";
    boolean hold;

    /// A Content-Transfer-Encoding says 8bit or binary.
    boolean declaredEightBit;

    /// The same in the header of a part.
    boolean partsDeclareEightBit;

    boolean discard;
    @Nullable String discardText;

    /// Those of the submission, and what the stages found.
    Attributes attributes;

    /// Recipients that checks added.
    final Set<String> bcc = new LinkedHashSet<>();

    private @Nullable ContentWriter copy;
    private @Nullable Problem problem;
    private CleanupService.Result.@Nullable Rejected result;

    /// @param memory for its recipients; the caller closes it
    Run(CleanupService.Submission submission, MailLog log, LogTag tag, Budget.Share memory) {
        this.memory = memory;
        this.submission = submission;
        this.log = log;
        this.tag = tag;
        Set<CleanupService.Option> options = submission.options();
        checking = options.contains(CleanupService.Option.FILTER);
        hold = options.contains(CleanupService.Option.HOLD);
        discard = options.contains(CleanupService.Option.DISCARD);
        sender = submission.envelope().sender().text();
        attributes = submission.envelope().attributes();
    }

    /// Writes another content in the place of the one that came; closed with this.
    ContentWriter copy(ContentWriter writer) {
        copy = writer;
        return writer;
    }

    @Override
    public void close() {
        ContentWriter made = copy;
        if (made != null) {
            made.close();
        }
    }

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

    private void fail(Problem p, CleanupService.Result.Rejected with) {
        if (problem == null || p.ordinal() < problem.ordinal()) {
            problem = p;
            result = with;
        }
    }

    CleanupService.Result.@Nullable Rejected failure() {
        return result;
    }

    /// Where it came from, as log lines have it.
    String source() {
        String source = attributes.origin().source();
        return source == null ? "unknown" : source;
    }

    /// A table failed, and the mail cannot come in: logs why and for what it was asked.
    ///
    /// @return the failure, of which nothing is left to say
    TableException refused(TableException failure, String purpose) {
        failure.warnings().forEach(line -> log.warning(tag, line));
        warn(purpose + " -- message not accepted, try again later");
        return failure.told();
    }

    void warn(String text) {
        log.warning(tag, id() + ": " + text);
    }
}
