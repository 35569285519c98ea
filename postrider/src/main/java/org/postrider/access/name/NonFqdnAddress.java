package org.postrider.access.name;

import org.postrider.access.AccessParams;
import org.postrider.access.Stage;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.address.Address;
import org.postrider.peer.ClientNames;
import org.postrider.wire.Reply;

/// reject_non_fqdn_sender, reject_non_fqdn_recipient
///
/// @param whose SENDER or RECIPIENT
public record NonFqdnAddress(String name, Stage whose, int code) implements Rule {
    public static NonFqdnAddress ofSender(Word word, Means means) {
        return of(word, Stage.SENDER, means);
    }

    public static NonFqdnAddress ofRecipient(Word word, Means means) {
        return of(word, Stage.RECIPIENT, means);
    }

    private static NonFqdnAddress of(Word word, Stage whose, Means means) {
        int code = means.settings().get(AccessParams.NON_FQDN_CODE);
        return new NonFqdnAddress(word.name(), whose, code);
    }

    @Override
    public Stage about(Stage list) {
        return whose;
    }

    @Override
    public Ruling ask(Question q) {
        Address address = whose == Stage.SENDER ? q.subject().sender() : q.subject().recipient();
        return address == null || good(address)
                ? Ruling.DUNNO
                : new Ruling.Reject(
                        Reply.of(
                                code,
                                5,
                                2,
                                "<"
                                        + address.text()
                                        + ">: "
                                        + whose.what()
                                        + " rejected: need fully-qualified address"));
    }

    private static boolean good(Address address) {
        String domain = HostName.stripped(address.domain());
        return address.isNull()
                || domain.startsWith("[")
                || (ClientNames.valid(domain) && domain.indexOf('.') > 0);
    }
}
