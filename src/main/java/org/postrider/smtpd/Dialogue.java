package org.postrider.smtpd;

import org.postrider.wire.Command;
import org.postrider.wire.Reply;

/// The *check* half of the session: which command may come when. Pure and total; what an accepted
/// command does is [Session]'s.
final class Dialogue {
    /// May it go on, or what is answered.
    sealed interface Step {
        record Proceed() implements Step {}

        record Refuse(Reply reply) implements Step {}
    }

    /// What waits for STARTTLS where TLS is required.
    static final Step STARTTLS_FIRST = new Step.Refuse(SmtpdReplies.STARTTLS_FIRST);

    private static final Step PROCEED = new Step.Proceed();

    private final boolean heloRequired;

    Dialogue(boolean heloRequired) {
        this.heloRequired = heloRequired;
    }

    Step step(State state, Command command) {
        return switch (command) {
            case Command.Helo c -> named(c, SmtpdReplies.HELO_SYNTAX);
            case Command.Ehlo c -> named(c, SmtpdReplies.EHLO_SYNTAX);
            case Command.Mail _ -> mail(state);
            case Command.Rcpt _ -> rcpt(state);
            case Command.Data c ->
                    state instanceof State.InMail && !c.arguments().isEmpty()
                            ? refuse(SmtpdReplies.DATA_SYNTAX)
                            : content(state, false);
            case Command.Bdat _ -> content(state, true);
            case Command.Rset c -> bare(c, SmtpdReplies.RSET_SYNTAX);
            case Command.Etrn _ -> etrn(state);
            case Command.Noop _, Command.Quit _, Command.Vrfy _ -> PROCEED;
            case Command.StartTls c -> bare(c, SmtpdReplies.STARTTLS_SYNTAX);
            case Command.Xclient c -> betweenMails(state, c, SmtpdReplies.XCLIENT_SYNTAX);
            case Command.Xforward c -> betweenMails(state, c, SmtpdReplies.XFORWARD_SYNTAX);
            case Command.Auth _ -> PROCEED;
            case Command.Unknown _ -> PROCEED;
        };
    }

    private static Step refuse(Reply reply) {
        return new Step.Refuse(reply);
    }

    private static Step named(Command c, Reply syntax) {
        return c.arguments().isEmpty() ? refuse(syntax) : PROCEED;
    }

    private static Step betweenMails(State state, Command c, Reply syntax) {
        return switch (state) {
            case State.InMail _, State.InChunks _ -> refuse(SmtpdReplies.MAIL_IN_PROGRESS);
            case State.SkippingChunks k when k.inMail() -> refuse(SmtpdReplies.MAIL_IN_PROGRESS);
            case State.SkippingChunks _ -> named(c, syntax);
            case State.Connected _, State.Greeted _ -> named(c, syntax);
        };
    }

    private static Step bare(Command c, Reply syntax) {
        return c.arguments().isEmpty() ? PROCEED : refuse(syntax);
    }

    private Step mail(State state) {
        return switch (state) {
            case State.Connected _ -> heloRequired ? refuse(SmtpdReplies.HELO_FIRST) : PROCEED;
            case State.Greeted _ -> PROCEED;
            case State.InMail _, State.InChunks _ -> refuse(SmtpdReplies.NESTED_MAIL);
            case State.SkippingChunks k ->
                    refuse(k.inMail() ? SmtpdReplies.NESTED_MAIL : SmtpdReplies.MAIL_AFTER_BDAT);
        };
    }

    private static Step rcpt(State state) {
        return switch (state) {
            case State.Connected _, State.Greeted _ -> refuse(SmtpdReplies.NEED_MAIL);
            case State.InMail _ -> PROCEED;
            case State.InChunks _ -> refuse(SmtpdReplies.RCPT_AFTER_BDAT);
            case State.SkippingChunks k ->
                    refuse(k.inMail() ? SmtpdReplies.RCPT_AFTER_BDAT : SmtpdReplies.NEED_MAIL);
        };
    }

    private static Step content(State state, boolean chunk) {
        return switch (state) {
            case State.Connected _, State.Greeted _ -> refuse(SmtpdReplies.NEED_RCPT);
            case State.InMail m ->
                    m.accepted() > 0 ? PROCEED : refuse(SmtpdReplies.NO_VALID_RECIPIENTS);
            case State.InChunks _, State.SkippingChunks _ ->
                    chunk ? PROCEED : refuse(SmtpdReplies.DATA_AFTER_BDAT);
        };
    }

    private Step etrn(State state) {
        return switch (state) {
            case State.Connected _ -> heloRequired ? refuse(SmtpdReplies.ETRN_HELO_FIRST) : PROCEED;
            case State.Greeted _ -> PROCEED;
            case State.InMail _, State.InChunks _ -> refuse(SmtpdReplies.ETRN_IN_MAIL);
            case State.SkippingChunks k -> k.inMail() ? refuse(SmtpdReplies.ETRN_IN_MAIL) : PROCEED;
        };
    }
}
