package org.postrider.cleanup;

import org.postrider.config.Settings;
import org.postrider.log.LogTag;
import org.postrider.log.MailEvent;
import org.postrider.log.MailLog;
import org.postrider.milter.MilterParams;
import org.postrider.milter.MilterSockets;
import org.postrider.milter.Milters;

/// non_smtpd_milters, asked as if the mail came by SMTP from this machine. None can be reached yet:
/// milter_default_action decides. Immutable.
final class MilterStage implements Stage {
    private final Milters milters;
    private final MailLog log;
    private final LogTag tag;

    MilterStage(Settings settings, MilterSockets sockets, MailLog log, LogTag tag) {
        this.log = log;
        this.tag = tag;
        milters =
                Milters.of(
                        settings.get(MilterParams.NON_SMTPD_MILTERS),
                        settings.get(MilterParams.DEFAULT_ACTION));
    }

    @Override
    public boolean concerns(Run run) {
        return !milters.all().isEmpty() && run.has(CleanupService.Option.MILTER);
    }

    @Override
    public void pass(Run run) {
        Milters.Action action = milters.ask(text -> log.warning(tag, text));
        if (action == Milters.Action.ACCEPT) {
            return;
        }
        Milters.Refusal r = action.refusal();
        boolean hold = action == Milters.Action.QUARANTINE;
        log.event(
                tag,
                new MailEvent.Access(
                        run.id().text(),
                        hold ? "milter-hold" : "milter-reject",
                        "CONNECT",
                        "localhost[127.0.0.1]",
                        hold ? "milter triggers HOLD action" : r.status() + " " + r.text(),
                        new MailEvent.Parties(run.sender.text(), null, "", "")));
        run.hold |= hold;
        if (action.refuses()) {
            // A notice of our own that is refused is not lost: it is made again later.
            boolean later = r.code() < 500 || run.has(CleanupService.Option.INTERNAL);
            run.fail(
                    later ? Problem.DEFER : Problem.CONTENT,
                    later ? r.status().as(4) : r.status(),
                    r.text());
        }
    }
}
