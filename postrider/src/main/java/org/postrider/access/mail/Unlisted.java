package org.postrider.access.mail;

import org.postrider.access.Stage;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.address.Address;

/// reject_unlisted_sender, reject_unlisted_recipient: an address of one of our domains exists.
///
/// @param whose SENDER or RECIPIENT
public record Unlisted(String name, Stage whose, KnownAddresses addresses) implements Rule {
    public static Unlisted sender(Word word, Means means) {
        return new Unlisted(word.name(), Stage.SENDER, KnownAddresses.of(means));
    }

    public static Unlisted recipient(Word word, Means means) {
        return new Unlisted(word.name(), Stage.RECIPIENT, KnownAddresses.of(means));
    }

    @Override
    public Stage about(Stage list) {
        return whose;
    }

    @Override
    public boolean checksRecipient() {
        return whose == Stage.RECIPIENT;
    }

    @Override
    public Ruling ask(Question q) {
        Address address = whose == Stage.SENDER ? q.subject().sender() : q.subject().recipient();
        return address == null || address.isNull()
                ? Ruling.DUNNO
                : addresses.ruling(q.subject(), address, whose);
    }
}
