package org.postrider.rights.act;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.Request;
import org.postrider.rights.Rights;
import org.postrider.rights.act.Records.Left;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Actor;
import org.postrider.rights.system.Clock;

/// What is done at the start about each thing that the process before was killed in the middle of.
/// What is not certain to be of that process's making stays as it is, and is named.
public final class Recovery {
    private static final int ATTEMPTS = 4;
    private static final Duration DELAY = Duration.ofMillis(250);

    /// After which nobody's locks are waited for any more: mail waits as well.
    private static final long PATIENCE_NANOS = 5_000_000_000L;

    private Recovery() {}

    /// Whose rights the calling thread takes for what was put somewhere.
    public interface Rights {
        /// Not yet taken.
        ///
        /// @throws Act if nothing is done for him any more
        Actor of(Request.Put put) throws Act;
    }

    /// All that is left; then the records are free.
    ///
    /// @param warnings gets a line about each file that was changed, or should have been
    public static void of(Records records, Rights rights, Consumer<String> warnings) {
        long untilNanos = Clock.nanos() + PATIENCE_NANOS;
        for (Left left : records.left()) {
            boolean patient = Clock.nanos() - untilNanos < 0;
            switch (left.put()) {
                case Request.Append a -> mend(a, left, rights, warnings, patient);
                case Request.Maildir m -> clear(m, left, records, rights, warnings);
            }
        }
        records.forget();
    }

    private static void mend(
            Request.Append a, Left left, Rights rights, Consumer<String> warnings, boolean wait) {
        MailboxRules rules = a.rules().patience(wait ? ATTEMPTS : 1, DELAY);
        try {
            Actor actor = rights.of(a);
            long cut = new Mailbox(new Request.Append(a.who(), a.path(), rules), actor).mend(left);
            if (cut > 0) {
                warnings.accept(
                        a.path()
                                + ": cut off part of a message, "
                                + cut
                                + " octets, which a"
                                + " process that was killed had left; the message comes again");
            }
        } catch (Act e) {
            warnings.accept(
                    a.path()
                            + ": a process was killed while it delivered to this file, which may"
                            + " hold part of a message at its end: "
                            + e.trouble().text());
        }
    }

    private static void clear(
            Request.Maildir m,
            Left left,
            Records records,
            Rights rights,
            Consumer<String> warnings) {
        if (!left.writing()) {
            return;
        }
        try {
            Actor actor = rights.of(m);
            actor.user();
            new Maildir(m, actor, new AtomicLong(), records).clear(left.tail().beginning());
        } catch (Act e) {
            warnings.accept(
                    m.path() + "tmp/" + left.tail().beginning() + ": " + e.trouble().text());
        }
    }
}
