package org.postrider.access.name;

import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.Stage;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.address.Address;
import org.postrider.rewrite.Resolved;
import org.postrider.wire.Reply;

/// reject_unknown_sender_domain, reject_unknown_recipient_domain: the domain that mail for an
/// address goes to exists; one that this server has the last word on does.
///
/// @param whose SENDER or RECIPIENT
public record UnknownDomain(
        String name, Stage whose, @Nullable DnsReplies dns, int code, Tempfail tempfail)
        implements Rule {
    public static UnknownDomain ofSender(Word word, Means means) {
        return of(word, Stage.SENDER, means);
    }

    public static UnknownDomain ofRecipient(Word word, Means means) {
        return of(word, Stage.RECIPIENT, means);
    }

    private static UnknownDomain of(Word word, Stage whose, Means means) {
        return new UnknownDomain(
                word.name(),
                whose,
                DnsReplies.of(means),
                means.settings().get(AccessParams.UNKNOWN_ADDRESS_CODE),
                Tempfail.of(means.settings(), AccessParams.UNKNOWN_ADDRESS_TEMPFAIL));
    }

    @Override
    public Stage about(Stage list) {
        return whose;
    }

    @Override
    public Ruling ask(Question q) {
        Address address = whose == Stage.SENDER ? q.subject().sender() : q.subject().recipient();
        DnsReplies resolver = dns;
        if (resolver == null || address == null || address.isNull()) {
            return Ruling.DUNNO;
        }
        Resolved resolved = q.subject().resolved(address);
        String domain = HostName.stripped(resolved.recipient().domain());
        boolean asked =
                switch (resolved.addressClass()) {
                    case RELAY, DEFAULT -> !domain.isEmpty() && !domain.startsWith("[");
                    case LOCAL, VIRTUAL_ALIAS, VIRTUAL_MAILBOX -> false;
                };
        return asked ? ruling(address, domain, Known.domain(resolver, domain, q)) : Ruling.DUNNO;
    }

    private Ruling ruling(Address address, String domain, Known known) {
        boolean sender = whose == Stage.SENDER;
        int detail = sender ? 8 : 2;
        String rejected = "<" + address.text() + ">: " + whose.what() + " rejected: ";
        String unknown = rejected + "Domain not found";
        return switch (known) {
            case YES -> Ruling.DUNNO;
            case NO -> new Ruling.Reject(Reply.of(code, 1, detail, unknown));
            case LATER -> tempfail.ruling(Reply.of(450, 1, detail, unknown));
            case TAKES_NO_MAIL -> {
                String text = rejected + "Domain " + domain + " does not accept mail (nullMX)";
                yield new Ruling.Reject(
                        sender ? Reply.of(550, 7, 27, text) : Reply.of(556, 1, 10, text));
            }
        };
    }
}
