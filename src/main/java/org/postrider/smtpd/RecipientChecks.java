package org.postrider.smtpd;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.bounce.BounceParams;
import org.postrider.cleanup.CleanupParams;
import org.postrider.config.Settings;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Tables;
import org.postrider.rewrite.Resolved;
import org.postrider.rewrite.RewriteService;
import org.postrider.wire.Reply;

/// Whether an address of one of our domains exists (`smtpd_reject_unlisted_*`), by address class.
final class RecipientChecks {
    private final RewriteService rewrite;
    private final AddressMaps local;
    private final boolean localChecked;
    private final AddressMaps relay;
    private final AddressMaps mailbox;
    private final AddressMaps alias;
    private final AddressMaps canonical;
    private final AddressMaps senderCanonical;
    private final AddressMaps recipientCanonical;
    private final String doubleBounce;
    private final boolean showTable;
    private final int localCode;
    private final int relayCode;
    private final int aliasCode;
    private final int mailboxCode;

    RecipientChecks(Settings settings, Tables tables, RewriteService rewrite) {
        this.rewrite = rewrite;
        String delimiter = settings.get(SmtpdParams.RECIPIENT_DELIMITER);
        List<String> localMaps = settings.get(SmtpdParams.LOCAL_RECIPIENT_MAPS);
        localChecked = !localMaps.isEmpty();
        local = new AddressMaps(localMaps, tables, delimiter);
        relay = new AddressMaps(settings.get(SmtpdParams.RELAY_RECIPIENT_MAPS), tables, delimiter);
        mailbox =
                new AddressMaps(settings.get(SmtpdParams.VIRTUAL_MAILBOX_MAPS), tables, delimiter);
        alias = new AddressMaps(settings.get(SmtpdParams.VIRTUAL_ALIAS_MAPS), tables, delimiter);
        canonical = new AddressMaps(settings.get(CleanupParams.CANONICAL_MAPS), tables, delimiter);
        senderCanonical =
                new AddressMaps(
                        settings.get(CleanupParams.SENDER_CANONICAL_MAPS), tables, delimiter);
        recipientCanonical =
                new AddressMaps(
                        settings.get(CleanupParams.RECIPIENT_CANONICAL_MAPS), tables, delimiter);
        doubleBounce = settings.get(BounceParams.DOUBLE_BOUNCE_SENDER);
        showTable = settings.get(SmtpdParams.SHOW_TABLE);
        localCode = settings.get(SmtpdParams.UNKNOWN_LOCAL_CODE);
        relayCode = settings.get(SmtpdParams.UNKNOWN_RELAY_CODE);
        aliasCode = settings.get(SmtpdParams.UNKNOWN_ALIAS_CODE);
        mailboxCode = settings.get(SmtpdParams.UNKNOWN_MAILBOX_CODE);
    }

    Verdict recipient(Transaction t) {
        Address r = t.recipient;
        if (r == null) {
            return Verdict.DUNNO;
        }
        t.recipientChecked = true;
        return check(t, r, "Recipient address", 1);
    }

    Verdict sender(Transaction t) {
        return t.sender.isNull() ? Verdict.DUNNO : check(t, t.sender, "Sender address", 0);
    }

    private Verdict check(Transaction t, Address address, String what, int detail) {
        Resolved resolved = t.resolved(rewrite, address);
        Address a = resolved.recipient();
        if (a.isNull()) {
            return Verdict.DUNNO;
        }
        boolean bare = rewrite.barelyNamed(a.domain());
        boolean sender = detail == 0;
        if (mapped(sender ? senderCanonical : recipientCanonical, a, bare)
                || mapped(canonical, a, bare)
                || mapped(alias, a, bare)) {
            return Verdict.DUNNO;
        }
        Verdict closed = closed(resolved, address, what, detail);
        if (closed != null) {
            return closed;
        }
        return switch (resolved.addressClass()) {
            case LOCAL ->
                    // An empty local part is the mail system's own business.
                    address.text().startsWith("@")
                                    || a.local().equalsIgnoreCase(doubleBounce)
                                    || listed(localChecked ? local : null, a, bare)
                            ? Verdict.DUNNO
                            : unknown(address, what, localCode, detail, "local recipient table");
            case VIRTUAL_ALIAS -> unknown(address, what, aliasCode, detail, "virtual alias table");
            case VIRTUAL_MAILBOX ->
                    listed(mailbox.isEmpty() ? null : mailbox, a, bare)
                            ? Verdict.DUNNO
                            : unknown(address, what, mailboxCode, detail, "virtual mailbox table");
            case RELAY ->
                    listed(relay.isEmpty() ? null : relay, a, bare)
                            ? Verdict.DUNNO
                            : unknown(address, what, relayCode, detail, "relay recipient table");
            case DEFAULT -> Verdict.DUNNO;
        };
    }

    /// What the error and retry transports would do to it is said at once, with their text.
    private static @Nullable Verdict closed(
            Resolved resolved, Address address, String what, int detail) {
        boolean retry = resolved.transport().equals("retry");
        if (!retry && !resolved.transport().equals("error")) {
            return null;
        }
        DsnSplit split = DsnSplit.of(new Status(retry ? 4 : 5, 1, detail), resolved.nexthop());
        String text = split.text().isEmpty() ? "Address is undeliverable" : split.text();
        return new Verdict.Reject(
                new Reply(
                        retry ? 450 : 550,
                        split.status().as(retry ? 4 : 5),
                        List.of("<" + Rules.shown(address) + ">: " + what + " rejected: " + text)));
    }

    private static boolean mapped(AddressMaps maps, Address address, boolean bareLocal) {
        return !maps.isEmpty() && maps.lookup(address, bareLocal) != null;
    }

    private static boolean listed(@Nullable AddressMaps maps, Address address, boolean bareLocal) {
        return maps == null || maps.lookup(address, bareLocal) != null;
    }

    private Verdict unknown(Address address, String what, int code, int detail, String table) {
        return new Verdict.Reject(
                Reply.of(
                        code,
                        1,
                        detail,
                        "<"
                                + Rules.shown(address)
                                + ">: "
                                + what
                                + " rejected: User unknown"
                                + (showTable ? " in " + table : "")));
    }
}
