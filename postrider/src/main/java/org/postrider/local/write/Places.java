package org.postrider.local.write;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.local.LocalParams;
import org.postrider.local.expand.Leaf;
import org.postrider.local.expand.Policy;
import org.postrider.maps.Fold;
import org.postrider.rights.Account;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Content;
import org.postrider.rights.Errno;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.Rights;
import org.postrider.rights.Trouble;

/// Writes to mailboxes, Maildirs and files, and says what became of the mail. Immutable.
public final class Places {
    private static final Status SENT = new Status(2, 0, 0);
    private static final Status MAILBOX = new Status(5, 2, 0);
    private static final Status LATER = new Status(4, 3, 0);
    private static final String WRITING = "error writing message";

    private final Rights rights;
    private final String service;
    private final String host;
    private final MailboxRules.Locks locks;
    private final long sizeLimit;
    private final boolean strictOwner;

    /// @param host the machine's name, as it stands in names of Maildir files
    /// @throws ConfigException for what cannot be
    public Places(Settings settings, Policy policy, Rights rights, String host) {
        this.rights = rights;
        service = policy.service;
        this.host = host.replace("/", "\\057").replace(":", "\\072");
        locks = locks(settings);
        sizeLimit = settings.get(LocalParams.MAILBOX_SIZE_LIMIT);
        strictOwner = settings.get(LocalParams.STRICT_MAILBOX_OWNERSHIP);
        long message = Long.parseLong(String.valueOf(settings.text("message_size_limit")));
        if (sizeLimit > 0 && message == 0) {
            throw new ConfigException(
                    "configuration error: mailbox_size_limit is limited but message_size_limit is"
                            + " unlimited");
        }
        if (sizeLimit > 0 && sizeLimit < message) {
            throw new ConfigException(
                    "configuration error: mailbox_size_limit is smaller than message_size_limit");
        }
    }

    private static MailboxRules.Locks locks(Settings settings) {
        boolean dotlockOnly = settings.get(LocalParams.SUN_MAILTOOL_COMPATIBILITY);
        List<MailboxRules.Lock> kinds = new ArrayList<>();
        for (String word : settings.get(LocalParams.MAILBOX_DELIVERY_LOCK)) {
            MailboxRules.Lock kind =
                    switch (Fold.lower(word)) {
                        case "flock" -> MailboxRules.Lock.FLOCK;
                        case "fcntl" -> MailboxRules.Lock.FCNTL;
                        case "dotlock" -> MailboxRules.Lock.DOTLOCK;
                        default ->
                                throw new ConfigException(
                                        "unknown mailbox_delivery_lock value \"" + word + "\"");
                    };
            if (!dotlockOnly || kind == MailboxRules.Lock.DOTLOCK) {
                kinds.add(kind);
            }
        }
        if (kinds.isEmpty()) {
            throw new ConfigException(
                    "parameter mailbox_delivery_lock specifies no applicable mailbox locking"
                            + " method");
        }
        return new MailboxRules.Locks(
                kinds,
                settings.get(LocalParams.DELIVER_LOCK_ATTEMPTS),
                settings.get(LocalParams.DELIVER_LOCK_DELAY),
                settings.get(LocalParams.STALE_LOCK_TIME));
    }

    /// A user's mbox file.
    public Outcome mailbox(Leaf.Mailbox leaf, Account as, Content copy, Consumer<String> warnings) {
        MailboxRules.Place place = leaf.home() ? MailboxRules.Place.OWN : MailboxRules.Place.SPOOL;
        MailboxRules rules = new MailboxRules(place, locks, sizeLimit, strictOwner);
        return switch (rights.append(as.identity(), leaf.file(), rules, copy)) {
            case Answer.Done<Appended> _ -> sent("delivered to mailbox");
            case Answer.Refused<Appended> r -> {
                if (r.trouble().text().endsWith(" is not owned by recipient")) {
                    warnings.accept(
                            "specify \"strict_mailbox_ownership = no\" to ignore mailbox"
                                    + " ownership mismatch");
                }
                yield failed(
                        r.trouble(),
                        "cannot update mailbox "
                                + leaf.file()
                                + " for user "
                                + leaf.way().name().user()
                                + ". ");
            }
        };
    }

    /// A file that an alias or a user's file names.
    public Outcome file(Leaf.ToFile leaf, Account as, Content copy, Consumer<String> warnings) {
        MailboxRules rules =
                new MailboxRules(MailboxRules.Place.FILE, locks, sizeLimit, strictOwner);
        return switch (rights.append(as.identity(), leaf.file(), rules, copy)) {
            case Answer.Done<Appended> d -> {
                if (!d.value().warning().isEmpty()) {
                    warnings.accept(d.value().warning());
                }
                yield sent("delivered to file: " + leaf.file());
            }
            case Answer.Refused<Appended> r ->
                    failed(r.trouble(), "cannot append message to file " + leaf.file() + ": ");
        };
    }

    /// A new file in a Maildir.
    public Outcome maildir(Leaf.Maildir leaf, Account as, Content copy, Consumer<String> warnings) {
        return switch (rights.maildir(as.identity(), leaf.directory(), host, copy)) {
            case Answer.Done<String> _ -> sent("delivered to maildir");
            case Answer.Refused<String> r -> {
                Trouble t = r.trouble();
                if (t.errno() == Errno.EACCES) {
                    warnings.accept(
                            "maildir access problem for UID/GID="
                                    + Integer.toUnsignedString(as.uid())
                                    + "/"
                                    + Integer.toUnsignedString(as.gid())
                                    + ": "
                                    + t.text());
                    warnings.accept("perhaps you need to create the maildirs in advance");
                }
                yield failed(t, "maildir delivery failed: ");
            }
        };
    }

    private Outcome sent(String text) {
        return new Outcome.Sent(Outcome.Detail.local(SENT, service, text), false);
    }

    private Outcome failed(Trouble trouble, String before) {
        boolean writing = trouble.text().startsWith(WRITING);
        Status status = status(trouble, writing);
        Outcome.Detail detail =
                new Outcome.Detail(
                        status,
                        service,
                        before + trouble.text(),
                        "",
                        null,
                        writing ? SysExits.IOERR.text : null,
                        1,
                        0,
                        0);
        return status.kind() == 4 ? new Outcome.Deferred(detail) : new Outcome.Bounced(detail);
    }

    /// As mbox_dsn, which knows what may pass; a fault of the machine that it does not know is
    /// deferred all the same.
    private static Status status(Trouble trouble, boolean writing) {
        switch (trouble.kind()) {
            case LOCKED:
                return new Status(4, 2, 0);
            case FORBIDDEN, UNAVAILABLE, CONTENT:
                return LATER;
            case SYSTEM, UNSAFE:
                break;
        }
        if (trouble.text().equals("file is executable")) {
            return new Status(5, 7, 1);
        }
        return switch (trouble.errno()) {
            case Errno.EAGAIN, Errno.ESTALE -> new Status(4, 2, 0);
            case Errno.ENOSPC -> LATER;
            case Errno.EDQUOT, Errno.EFBIG -> new Status(5, 2, 2);
            default -> trouble.temporary() ? LATER : writing ? new Status(5, 3, 0) : MAILBOX;
        };
    }
}
