package org.postrider.access.mail;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.Stage;
import org.postrider.access.Subject;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Ruling;
import org.postrider.address.Address;
import org.postrider.bounce.BounceParams;
import org.postrider.cleanup.CleanupParams;
import org.postrider.config.Settings;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Tables;
import org.postrider.rewrite.Resolved;
import org.postrider.rewrite.RewriteParams;
import org.postrider.rewrite.RewriteService;
import org.postrider.rewrite.Srs;
import org.postrider.wire.Reply;

/// Whether an address of one of our domains exists, by address class. Immutable; any thread.
public final class KnownAddresses {
    private final RewriteService rewrite;
    private final AddressMaps local;
    private final boolean localChecked;
    private final AddressMaps relay;
    private final AddressMaps mailbox;
    private final AddressMaps alias;
    private final AddressMaps canonical;
    private final AddressMaps senderCanonical;
    private final AddressMaps recipientCanonical;
    private final @Nullable Srs srs;
    private final String doubleBounce;
    private final boolean showTable;
    private final int localCode;
    private final int relayCode;
    private final int aliasCode;
    private final int mailboxCode;

    static KnownAddresses of(Means means) {
        return means.shared(KnownAddresses.class, KnownAddresses::new);
    }

    private KnownAddresses(Means means) {
        rewrite = means.rewrite();
        Settings settings = means.settings();
        Tables tables = means.tables();
        String delimiter = settings.get(RewriteParams.RECIPIENT_DELIMITER);
        List<String> localMaps = settings.get(AccessParams.LOCAL_RECIPIENT_MAPS);
        localChecked = !localMaps.isEmpty();
        local =
                new AddressMaps(
                        AccessParams.LOCAL_RECIPIENT_MAPS.name(), localMaps, tables, delimiter);
        relay =
                new AddressMaps(
                        AccessParams.RELAY_RECIPIENT_MAPS.name(),
                        settings.get(AccessParams.RELAY_RECIPIENT_MAPS),
                        tables,
                        delimiter);
        mailbox =
                new AddressMaps(
                        AccessParams.VIRTUAL_MAILBOX_MAPS.name(),
                        settings.get(AccessParams.VIRTUAL_MAILBOX_MAPS),
                        tables,
                        delimiter);
        alias =
                new AddressMaps(
                        CleanupParams.VIRTUAL_ALIAS_MAPS.name(),
                        settings.get(CleanupParams.VIRTUAL_ALIAS_MAPS),
                        tables,
                        delimiter);
        canonical =
                new AddressMaps(
                        CleanupParams.CANONICAL_MAPS.name(),
                        settings.get(CleanupParams.CANONICAL_MAPS),
                        tables,
                        delimiter);
        senderCanonical =
                new AddressMaps(
                        CleanupParams.SENDER_CANONICAL_MAPS.name(),
                        settings.get(CleanupParams.SENDER_CANONICAL_MAPS),
                        tables,
                        delimiter);
        recipientCanonical =
                new AddressMaps(
                        CleanupParams.RECIPIENT_CANONICAL_MAPS.name(),
                        settings.get(CleanupParams.RECIPIENT_CANONICAL_MAPS),
                        tables,
                        delimiter);
        srs = Srs.of(settings);
        doubleBounce = settings.get(BounceParams.DOUBLE_BOUNCE_SENDER);
        showTable = settings.get(AccessParams.SHOW_TABLE);
        localCode = settings.get(AccessParams.UNKNOWN_LOCAL_CODE);
        relayCode = settings.get(AccessParams.UNKNOWN_RELAY_CODE);
        aliasCode = settings.get(AccessParams.UNKNOWN_ALIAS_CODE);
        mailboxCode = settings.get(AccessParams.UNKNOWN_MAILBOX_CODE);
    }

    /// @param whose SENDER or RECIPIENT
    /// @throws org.postrider.maps.TableException when a table cannot answer
    Ruling ruling(Subject subject, Address address, Stage whose) {
        Resolved resolved = subject.resolved(address);
        Address a = resolved.recipient();
        if (a.isNull()) {
            return Ruling.DUNNO;
        }
        boolean bare = rewrite.barelyNamed(a.domain());
        boolean sender = whose == Stage.SENDER;
        int detail = sender ? 0 : 1;
        String what = whose.what();
        if (mapped(sender ? senderCanonical : recipientCanonical, a, bare)
                || mapped(canonical, a, bare)
                || !sender && signed(a)
                || mapped(alias, a, bare)) {
            return Ruling.DUNNO;
        }
        Ruling closed = closed(resolved, address, what, detail);
        if (closed != null) {
            return closed;
        }
        return switch (resolved.addressClass()) {
            case LOCAL ->
                    // An empty local part is the mail system's own business.
                    address.text().startsWith("@")
                                    || a.local().equalsIgnoreCase(doubleBounce)
                                    || listed(localChecked ? local : null, a, bare)
                            ? Ruling.DUNNO
                            : unknown(address, what, localCode, detail, "local recipient table");
            case VIRTUAL_ALIAS -> unknown(address, what, aliasCode, detail, "virtual alias table");
            case VIRTUAL_MAILBOX ->
                    listed(mailbox.isEmpty() ? null : mailbox, a, bare)
                            ? Ruling.DUNNO
                            : unknown(address, what, mailboxCode, detail, "virtual mailbox table");
            case RELAY ->
                    listed(relay.isEmpty() ? null : relay, a, bare)
                            ? Ruling.DUNNO
                            : unknown(address, what, relayCode, detail, "relay recipient table");
            case DEFAULT -> Ruling.DUNNO;
        };
    }

    /// What the error and retry transports would do to it is said at once, with their text.
    private static @Nullable Ruling closed(
            Resolved resolved, Address address, String what, int detail) {
        boolean retry = resolved.transport().equals("retry");
        if (!retry && !resolved.transport().equals("error")) {
            return null;
        }
        DsnSplit split = DsnSplit.of(new Status(retry ? 4 : 5, 1, detail), resolved.nexthop());
        String text = split.text().isEmpty() ? "Address is undeliverable" : split.text();
        return new Ruling.Reject(
                new Reply(
                        retry ? 450 : 550,
                        split.status().as(retry ? 4 : 5),
                        List.of("<" + address.text() + ">: " + what + " rejected: " + text)));
    }

    /// It stands for the sender of mail that we forwarded.
    private boolean signed(Address address) {
        Srs signs = srs;
        return signs != null && signs.reverse(address) != null;
    }

    private static boolean mapped(AddressMaps maps, Address address, boolean bareLocal) {
        return !maps.isEmpty() && maps.lookup(address, bareLocal) != null;
    }

    private static boolean listed(@Nullable AddressMaps maps, Address address, boolean bareLocal) {
        return maps == null || maps.lookup(address, bareLocal) != null;
    }

    private Ruling unknown(Address address, String what, int code, int detail, String table) {
        return new Ruling.Reject(
                Reply.of(
                        code,
                        1,
                        detail,
                        "<"
                                + address.text()
                                + ">: "
                                + what
                                + " rejected: User unknown"
                                + (showTable ? " in " + table : "")));
    }
}
