package org.postrider.agent;

import java.util.function.Consumer;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.rights.Errno;
import org.postrider.rights.Identity;
import org.postrider.rights.Trouble;

/// What became of mail that was to be written to a mailbox, a Maildir or a file (mbox_dsn).
///
/// @param relay as the log has it
/// @param otherwise the status of a trouble that is none of the machine's and has no other
public record MailboxEnd(String relay, Status otherwise) {
    private static final Status SENT = new Status(2, 0, 0);
    private static final Status LATER = new Status(4, 3, 0);
    private static final Status BUSY = new Status(4, 2, 0);
    private static final String WRITING = "error writing message";

    /// A machine's name as it stands in names of Maildir files.
    public static String host(String name) {
        return name.replace("/", "\\057").replace(":", "\\072");
    }

    /// Looks whether a mailbox may be smaller than a message.
    ///
    /// @throws ConfigException if so
    public static long limit(Settings settings, Param<Long> param) {
        long limit = settings.get(param);
        long message = Long.parseLong(String.valueOf(settings.text("message_size_limit")));
        if (limit > 0 && message == 0) {
            throw new ConfigException(
                    "configuration error: "
                            + param.name()
                            + " is limited but message_size_limit is unlimited");
        }
        if (limit > 0 && limit < message) {
            throw new ConfigException(
                    "configuration error: " + param.name() + " is smaller than message_size_limit");
        }
        return limit;
    }

    public Outcome sent(String text) {
        return new Outcome.Sent(Outcome.Detail.local(SENT, relay, text), false);
    }

    /// Says what might help.
    public static void advise(Trouble trouble, Identity as, Consumer<String> warnings) {
        if (trouble.text().endsWith(" is not owned by recipient")) {
            warnings.accept(
                    "specify \"strict_mailbox_ownership = no\" to ignore mailbox ownership"
                            + " mismatch");
        } else if (trouble.errno() == Errno.EACCES && trouble.text().contains("maildir")) {
            warnings.accept(
                    "maildir access problem for UID/GID="
                            + Integer.toUnsignedString(as.uid())
                            + "/"
                            + Integer.toUnsignedString(as.gid())
                            + ": "
                            + trouble.text());
            warnings.accept("perhaps you need to create the maildirs in advance");
        }
    }

    /// @param before what the agent says before the trouble
    public Outcome failed(Trouble trouble, String before) {
        boolean writing = trouble.text().startsWith(WRITING);
        Status status = status(trouble, writing);
        Outcome.Detail detail =
                new Outcome.Detail(
                        status,
                        relay,
                        before + trouble.text(),
                        "",
                        null,
                        writing ? SysExits.IOERR.text() : null,
                        1,
                        0,
                        0);
        return status.kind() == 4 ? new Outcome.Deferred(detail) : new Outcome.Bounced(detail);
    }

    /// A fault of the machine that mbox_dsn does not know is deferred all the same.
    private Status status(Trouble trouble, boolean writing) {
        switch (trouble.kind()) {
            case LOCKED:
                return BUSY;
            case FORBIDDEN, UNAVAILABLE, CONTENT, PRESENT, ALONE:
                return LATER;
            case SYSTEM, UNSAFE:
                break;
        }
        if (trouble.text().equals("file is executable")) {
            return new Status(5, 7, 1);
        }
        return switch (trouble.errno()) {
            case Errno.EAGAIN, Errno.ESTALE -> BUSY;
            case Errno.ENOSPC -> LATER;
            case Errno.EDQUOT, Errno.EFBIG -> new Status(5, 2, 2);
            default -> trouble.temporary() ? LATER : writing ? new Status(5, 3, 0) : otherwise;
        };
    }
}
