package org.postrider.local.write;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.agent.MailCopy;
import org.postrider.cleanup.CleanupParams;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.local.LocalParams;
import org.postrider.local.expand.Leaf;
import org.postrider.local.expand.Policy;
import org.postrider.local.expand.Way;
import org.postrider.maps.Fold;
import org.postrider.queue.QueuedMessage;
import org.postrider.rights.Account;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Request.DeliveryKey;
import org.postrider.rights.Rights;
import org.postrider.time.Clock;

/// Delivers to one place with the rights of whoever named it. Immutable; blocks.
public final class Writer implements AutoCloseable {
    private final Policy policy;
    private final Places places;
    private final Commands commands;
    private final Set<String> deliveredHeader;
    private final boolean keepsOriginal;
    private final @Nullable Account defaultPrivs;
    private final Clock clock;

    /// What a writer works with.
    ///
    /// @param host the machine's name
    /// @param defaultPrivs the account of default_privs, null where there is none
    public record Tools(Rights rights, String host, @Nullable Account defaultPrivs, Clock clock) {}

    /// @throws ConfigException for what cannot be
    public Writer(Settings settings, Policy policy, Tools tools) {
        this.policy = policy;
        clock = tools.clock();
        places = new Places(settings, policy, tools.rights(), tools.host());
        commands = new Commands(settings, policy, tools.rights(), System.getenv());
        keepsOriginal = settings.get(CleanupParams.ENABLE_ORIGINAL_RECIPIENT);
        deliveredHeader = deliveredHeader(settings);
        Account privs = tools.defaultPrivs();
        if (privs != null && (privs.uid() == 0 || privs.gid() == 0)) {
            throw new ConfigException("default_privs: privileged user or group");
        }
        defaultPrivs = privs;
    }

    @Override
    public void close() {
        places.close();
    }

    private static Set<String> deliveredHeader(Settings settings) {
        Set<String> out = new java.util.TreeSet<>();
        for (String word : settings.get(LocalParams.PREPEND_DELIVERED_HEADER)) {
            String folded = Fold.lower(word);
            if (!Set.of("command", "file", "forward").contains(folded)) {
                throw new ConfigException(
                        "unknown prepend_delivered_header value \"" + word + "\"");
            }
            out.add(folded);
        }
        return out;
    }

    /// Forwarded mail gets a Delivered-To header.
    public boolean marksForwarded() {
        return deliveredHeader.contains("forward");
    }

    /// A place, and what is to be written there.
    ///
    /// @param key of the message in this place
    /// @param unless files that the user of a mailbox or a Maildir has not, as it is supposed
    public record To(Leaf leaf, DeliveryKey key, List<String> unless) {}

    /// A mailbox, a Maildir, a file or a command.
    ///
    /// @return null if its user has one of the files of `unless`, and nothing was done
    public @Nullable Outcome write(To to, QueuedMessage message, Consumer<String> warnings) {
        Way way = to.leaf().way();
        Account as = as(to.leaf());
        if (as == null) {
            return new Outcome.Deferred(
                    Outcome.Detail.local(
                            new Status(4, 3, 5), policy.service, "no account of default_privs"));
        }
        return switch (to.leaf()) {
            case Leaf.Mailbox _, Leaf.Maildir _ -> places.put(box(to, as, message, warnings));
            case Leaf.ToFile f ->
                    places.file(
                            f,
                            as,
                            new Places.Mail(
                                    copy(message, way, MailCopy.MBOX, "file", false),
                                    to.key(),
                                    List.of()),
                            warnings);
            case Leaf.ToCommand c ->
                    commands.run(
                            c,
                            as,
                            message.envelope(),
                            copy(message, way, MailCopy.COMMAND, "command", false),
                            warnings);
            case Leaf.Forward _, Leaf.Pass _, Leaf.Settled _ -> throw none(to.leaf());
        };
    }

    /// Mailboxes and Maildirs, all at once.
    ///
    /// @param done is told what each came to, as `write` says it; not of those that are to be
    ///   written to by themselves, since nothing was done
    public void write(
            List<To> all,
            QueuedMessage message,
            Consumer<String> warnings,
            BiConsumer<To, @Nullable Outcome> done) {
        List<To> asked = new ArrayList<>(all.size());
        List<Places.Box> boxes = new ArrayList<>(all.size());
        for (To to : all) {
            Account as = as(to.leaf());
            if (as != null) {
                asked.add(to);
                boxes.add(box(to, as, message, warnings));
            }
        }
        List<Optional<Answer<Appended>>> answers = places.put(boxes);
        for (int i = 0; i < boxes.size(); i++) {
            To to = asked.get(i);
            Places.Box box = boxes.get(i);
            answers.get(i).ifPresent(answer -> done.accept(to, box.outcome().apply(answer)));
        }
    }

    private Places.Box box(To to, Account as, QueuedMessage message, Consumer<String> warnings) {
        Way way = to.leaf().way();
        return switch (to.leaf()) {
            case Leaf.Mailbox m -> {
                MailCopy copy = copy(message, way, MailCopy.MBOX, "file", true);
                yield places.mailbox(m, as, new Places.Mail(copy, to.key(), to.unless()), warnings);
            }
            case Leaf.Maildir m -> {
                MailCopy copy = copy(message, way, MailCopy.MAILDIR, "file", true);
                yield places.maildir(m, as, new Places.Mail(copy, to.key(), to.unless()), warnings);
            }
            case Leaf.Forward _, Leaf.Pass _, Leaf.Settled _, Leaf.ToFile _, Leaf.ToCommand _ ->
                    throw none(to.leaf());
        };
    }

    private static IllegalArgumentException none(Leaf leaf) {
        return new IllegalArgumentException("nothing to write: " + leaf);
    }

    /// With root's rights, and where nobody's are known, nothing is written.
    private @Nullable Account as(Leaf leaf) {
        Account named = leaf.way().as();
        return named == null || unsafe(leaf, named) ? defaultPrivs : named;
    }

    /// A file or command that root names is given the rights of default_privs; root's own mailbox
    /// is his.
    private static boolean unsafe(Leaf leaf, Account as) {
        return as.uid() == 0 && !(leaf instanceof Leaf.Mailbox);
    }

    /// @param last it is the recipient's own mailbox: Delivered-To names him unless it is frozen
    private MailCopy copy(
            QueuedMessage message, Way way, Set<MailCopy.Part> all, String where, boolean last) {
        Set<MailCopy.Part> parts = EnumSet.copyOf(all);
        if (!deliveredHeader.contains(where)) {
            parts.remove(MailCopy.Part.DELIVERED_TO);
        }
        Address address = way.to().address();
        Address delivered = way.back().delivered();
        return new MailCopy(
                message.content(),
                parts,
                new MailCopy.Ends(
                        way.back().sender(),
                        keepsOriginal ? way.original() : null,
                        delivered == null || (last && !policy.frozenDelivered)
                                ? address
                                : delivered),
                clock.wallMillis());
    }
}
