package org.postrider.cleanup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.postrider.address.Address;
import org.postrider.cleanup.milter.ClientMacros;
import org.postrider.cleanup.milter.LocalMail;
import org.postrider.cleanup.milter.MailEdits;
import org.postrider.config.Settings;
import org.postrider.dsn.Status;
import org.postrider.log.MailEvent;
import org.postrider.milter.Answer;
import org.postrider.milter.MailFilter;
import org.postrider.milter.MilterParams;
import org.postrider.milter.MilterSockets;
import org.postrider.milter.Milters;
import org.postrider.queue.Origin;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// What milters make of a mail. Its content is shown to them as the other stages leave it: checked,
/// rewritten, completed, its recipients expanded. What they change of it is only checked by
/// milter_header_checks; another sender and more recipients are rewritten and expanded as a
/// client's.
///
/// Mail of a session has milters that know the session. Any other is shown to non_smtpd_milters as
/// if this machine had brought it by SMTP ([#open], [#recipient]). Immutable.
final class MilterStage implements Stage {
    private final Milters milters;
    private final MilterMail.Means means;
    private final LocalMail.Terms terms;
    private final int tokenLimit;

    MilterStage(Settings settings, MilterSockets sockets, MilterMail.Means means) {
        this.means = means;
        milters = Milters.of(settings, sockets, settings.get(MilterParams.NON_SMTPD_MILTERS));
        terms = LocalMail.Terms.of(settings);
        tokenLimit = settings.get(CleanupParams.HEADER_ADDRESS_TOKEN_LIMIT);
    }

    // ---- mail that no session's milters have heard of

    /// The sender is known: CONNECT, HELO and MAIL.
    void open(Run run) {
        if (run.filter() != null || milters.isEmpty() || !run.has(CleanupService.Option.MILTER)) {
            return;
        }
        MailFilter filter = milters.open(_ -> null, line -> run.log.warning(run.tag, line));
        LocalMail mail = new LocalMail(terms, run.id().text(), filter);
        run.local = mail;
        if (goesOn(run, "CONNECT", mail.connect()) && goesOn(run, "EHLO", mail.helo())) {
            goesOn(run, "MAIL", mail.mail(run.sender));
        }
    }

    /// A recipient is known, as it was rewritten, before aliases: RCPT.
    void recipient(Run run, Address recipient) {
        LocalMail mail = run.local;
        if (mail != null
                && concerns(run)
                && !goesOn(run, "RCPT", mail.rcpt(recipient))
                && run.failure() != null) {
            // Who sent it cannot be told of one of many.
            run.warn(
                    "milter configuration error: can't reject recipient in non-smtpd(8)"
                            + " submission");
            run.warn("message not accepted, try again later");
            run.fail(Problem.DEFER, new Status(4, 3, 5), "Server configuration error");
        }
    }

    // ---- the content of all mail

    @Override
    public boolean concerns(Run run) {
        return run.filter() != null && run.failure() == null && run.discarded == null;
    }

    @Override
    public void pass(Run run) throws IOException {
        MailFilter filter = run.filter();
        if (filter == null || (run.local != null && !goesOn(run, "DATA", filter.data()))) {
            return;
        }
        if (run.local == null) {
            filter.macros(new ClientMacros(terms, run.id().text(), run.attributes.origin()));
        }
        MilterMail mail = new MilterMail(run, means);
        MailEdits edits = new MailEdits(mail, tokenLimit);
        Answer answer = filter.message(edits, edits);
        edits.check();
        if (edits.tooLarge()) {
            run.warn("queue file size limit exceeded");
            run.fail(Problem.SIZE);
            return;
        }
        if (run.failure() != null) {
            return;
        }
        if (goesOn(run, "END-OF-MESSAGE", answer) && mail.quarantined()) {
            hold(run, "END-OF-MESSAGE");
        }
        mail.finish();
        if (run.recipients.isEmpty()) {
            // They took them all away: there is nobody to deliver it to.
            run.discarded = new CleanupService.Result.Discarded(null);
        }
    }

    // ---- what they answer

    /// @return false where nothing is left to ask
    private static boolean goesOn(Run run, String where, Answer answer) {
        switch (answer) {
            case Answer.GoOn() -> {
                return true;
            }
            case Answer.Hold() -> {
                hold(run, where);
                return true;
            }
            case Answer.Discard() -> {
                log(run, "milter-discard", where, "milter triggers DISCARD action");
                run.discarded = new CleanupService.Result.Discarded(null);
            }
            case Answer.Refused(Reply reply) -> refused(run, where, reply);
            case Answer.Shutdown() ->
                    refused(
                            run,
                            where,
                            Reply.of(421, 7, 1, "Service unavailable - try again later"));
        }
        return false;
    }

    private static void hold(Run run, String where) {
        if (!run.hold) {
            log(run, "milter-hold", where, "milter triggers HOLD action");
            run.hold = true;
        }
    }

    private static void refused(Run run, String where, Reply reply) {
        log(run, "milter-reject", where, text(reply));
        boolean later = reply.code() < 500;
        if (!later && run.has(CleanupService.Option.INTERNAL)) {
            // A notice of our own that is refused is not lost: it is made again later.
            run.fail(Problem.DEFER);
        } else {
            run.fail(
                    later ? Problem.DEFER : Problem.CONTENT,
                    new CleanupService.Result.Rejected(reply, NotifyClass.POLICY));
        }
    }

    /// All of a reply in one line but its first code: what parts the lines is shown as such.
    private static String text(Reply reply) {
        String before = reply.status() == null ? "" : reply.status() + " ";
        List<String> all = new ArrayList<>();
        for (int i = 0; i < reply.lines().size(); i++) {
            String code = reply.code() + (i + 1 == reply.lines().size() ? " " : "-");
            all.add((i == 0 ? "" : code) + before + reply.lines().get(i));
        }
        return String.join("\r\n", all);
    }

    private static void log(Run run, String action, String where, String text) {
        Origin.Client client = run.attributes.origin().logged();
        run.log.event(
                run.tag,
                new MailEvent.Access(
                        run.id().text(),
                        action,
                        where,
                        run.local != null
                                ? LocalMail.NAME + "[" + LocalMail.ADDRESS + "]"
                                : run.source(),
                        text,
                        new MailEvent.Parties(
                                run.sender.text(),
                                run.lastRecipient.isEmpty() ? null : run.lastRecipient,
                                client == null ? "" : client.protocol(),
                                client == null ? "" : client.helo())));
    }
}
