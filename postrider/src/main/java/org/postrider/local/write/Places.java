package org.postrider.local.write;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postrider.agent.AgentParams;
import org.postrider.agent.MailboxEnd;
import org.postrider.agent.MailboxLocks;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.local.LocalParams;
import org.postrider.local.expand.Leaf;
import org.postrider.local.expand.Policy;
import org.postrider.rights.Account;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Content;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.Request;
import org.postrider.rights.Request.DeliveryKey;
import org.postrider.rights.Rights;
import org.postrider.rights.Trouble;

/// Writes to mailboxes, Maildirs and files, and says what became of the mail. Immutable.
public final class Places implements AutoCloseable {
    private static final Status MAILBOX = new Status(5, 2, 0);

    private final Rights rights;
    private final MailboxEnd end;
    private final String host;
    private final MailboxRules.Locks locks;
    private final long sizeLimit;
    private final boolean strictOwner;
    private final @Nullable Biff biff;

    /// What is written to a mailbox.
    ///
    /// @param unless files that the user has not, as it is supposed
    record Mail(Content copy, DeliveryKey key, List<String> unless) {
        /// Whether he has one, or it is not known: who asks for it is told.
        boolean supposed(Trouble trouble) {
            return trouble.kind() == Trouble.Kind.PRESENT
                    || (trouble.kind() == Trouble.Kind.FORBIDDEN && !unless.isEmpty());
        }
    }

    /// @param host the machine's name, as it stands in names of Maildir files
    /// @throws ConfigException for what cannot be
    public Places(Settings settings, Policy policy, Rights rights, String host) {
        this.rights = rights;
        end = new MailboxEnd(policy.service, MAILBOX);
        this.host = MailboxEnd.host(host);
        locks = MailboxLocks.of(settings, LocalParams.MAILBOX_DELIVERY_LOCK);
        strictOwner = settings.get(AgentParams.STRICT_MAILBOX_OWNERSHIP);
        biff = settings.get(LocalParams.BIFF) ? new Biff() : null;
        sizeLimit = MailboxEnd.limit(settings, LocalParams.MAILBOX_SIZE_LIMIT);
    }

    @Override
    public void close() {
        if (biff != null) {
            biff.close();
        }
    }

    /// What is put into a user's mailbox, and what its answer comes to.
    ///
    /// @param outcome null if he has one of the files of `unless`, and nothing was done
    record Box(Rights.Putting put, Function<Answer<Appended>, @Nullable Outcome> outcome) {}

    /// A user's mbox file.
    Box mailbox(Leaf.Mailbox leaf, Account as, Mail mail, Consumer<String> warnings) {
        MailboxRules.Place place = leaf.home() ? MailboxRules.Place.OWN : MailboxRules.Place.SPOOL;
        MailboxRules rules = new MailboxRules(place, locks, sizeLimit, strictOwner);
        Request.Append put = new Request.Append(as.identity(), leaf.file(), rules, mail.key());
        return new Box(
                new Rights.Putting(put, mail.unless(), mail.copy()),
                answer ->
                        switch (answer) {
                            case Answer.Done<Appended> d -> {
                                if (biff != null) {
                                    biff.tell(
                                            leaf.way().name().user(), d.value().before(), warnings);
                                }
                                yield end.sent("delivered to mailbox");
                            }
                            case Answer.Refused<Appended> r when mail.supposed(r.trouble()) -> null;
                            case Answer.Refused<Appended> r -> {
                                MailboxEnd.advise(r.trouble(), as.identity(), warnings);
                                yield end.failed(
                                        r.trouble(),
                                        "cannot update mailbox "
                                                + leaf.file()
                                                + " for user "
                                                + leaf.way().name().user()
                                                + ". ");
                            }
                        });
    }

    /// A new file in a Maildir.
    Box maildir(Leaf.Maildir leaf, Account as, Mail mail, Consumer<String> warnings) {
        Request.Maildir put =
                new Request.Maildir(as.identity(), leaf.directory(), host, mail.key());
        return new Box(
                new Rights.Putting(put, mail.unless(), mail.copy()),
                answer ->
                        switch (answer) {
                            case Answer.Done<Appended> _ -> end.sent("delivered to maildir");
                            case Answer.Refused<Appended> r when mail.supposed(r.trouble()) -> null;
                            case Answer.Refused<Appended> r -> {
                                MailboxEnd.advise(r.trouble(), as.identity(), warnings);
                                yield end.failed(r.trouble(), "maildir delivery failed: ");
                            }
                        });
    }

    /// One by itself.
    @Nullable Outcome put(Box box) {
        Rights.Putting put = box.put();
        return box.outcome().apply(rights.put(put.put(), put.files(), put.content()));
    }

    /// Many at once, in their order. One that is out of the ordinary has no answer, and is to be
    /// put by itself.
    List<Optional<Answer<Appended>>> put(List<Box> boxes) {
        return rights.put(boxes.stream().map(Box::put).toList()).stream()
                .map(answer -> Optional.of(answer).filter(a -> !alone(a)))
                .toList();
    }

    private static boolean alone(Answer<Appended> answer) {
        return answer instanceof Answer.Refused<Appended> r
                && r.trouble().kind() == Trouble.Kind.ALONE;
    }

    /// A file that an alias or a user's file names.
    Outcome file(Leaf.ToFile leaf, Account as, Mail mail, Consumer<String> warnings) {
        MailboxRules rules =
                new MailboxRules(MailboxRules.Place.FILE, locks, sizeLimit, strictOwner);
        Request.Append put = new Request.Append(as.identity(), leaf.file(), rules, mail.key());
        return switch (rights.put(put, List.of(), mail.copy())) {
            case Answer.Done<Appended> d -> {
                warn(d.value().warning(), warnings);
                yield end.sent("delivered to file: " + leaf.file());
            }
            case Answer.Refused<Appended> r -> {
                warn(r.trouble().warning(), warnings);
                yield end.failed(
                        r.trouble(), "cannot append message to file " + leaf.file() + ": ");
            }
        };
    }

    private static void warn(String text, Consumer<String> warnings) {
        if (!text.isEmpty()) {
            warnings.accept(text);
        }
    }
}
