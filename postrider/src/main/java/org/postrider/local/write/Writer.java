package org.postrider.local.write;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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

    /// A mailbox, a Maildir, a file or a command.
    ///
    /// @param key of the message in this place
    /// @param unless files that the user of a mailbox or a Maildir has not, as it is supposed
    /// @return null if he has, and nothing was done
    public @Nullable Outcome write(
            Leaf leaf,
            DeliveryKey key,
            List<String> unless,
            QueuedMessage message,
            Consumer<String> warnings) {
        Way way = leaf.way();
        Account named = way.as();
        // with root's rights, and where nobody's are known, nothing is written
        Account as = named == null || unsafe(leaf, named) ? defaultPrivs : named;
        if (as == null) {
            return new Outcome.Deferred(
                    Outcome.Detail.local(
                            new Status(4, 3, 5), policy.service, "no account of default_privs"));
        }
        return switch (leaf) {
            case Leaf.Mailbox m ->
                    places.mailbox(
                            m,
                            as,
                            new Places.Mail(
                                    copy(message, way, MailCopy.MBOX, "file", true), key, unless),
                            warnings);
            case Leaf.Maildir m ->
                    places.maildir(
                            m,
                            as,
                            new Places.Mail(
                                    copy(message, way, MailCopy.MAILDIR, "file", true),
                                    key,
                                    unless),
                            warnings);
            case Leaf.ToFile f ->
                    places.file(
                            f,
                            as,
                            new Places.Mail(
                                    copy(message, way, MailCopy.MBOX, "file", false),
                                    key,
                                    List.of()),
                            warnings);
            case Leaf.ToCommand c ->
                    commands.run(
                            c,
                            as,
                            message.envelope(),
                            copy(message, way, MailCopy.COMMAND, "command", false),
                            warnings);
            case Leaf.Forward _, Leaf.Pass _, Leaf.Settled _ ->
                    throw new IllegalArgumentException("nothing to write: " + leaf);
        };
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
