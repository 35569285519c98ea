package org.postrider.access.name;

import org.postrider.access.AccessParams;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.peer.Client;
import org.postrider.peer.NameStatus;
import org.postrider.wire.Reply;

/// reject_unknown_client_hostname: the client's address has a name, which leads back to it.
/// reject_unknown_reverse_client_hostname: it has a name.
///
/// @param reverse the latter
public record UnknownClient(String name, boolean reverse, int code) implements Rule {
    public static UnknownClient of(Word word, Means means) {
        boolean reverse = word.name().equals("reject_unknown_reverse_client_hostname");
        int code = means.settings().get(AccessParams.UNKNOWN_CLIENT_CODE);
        return new UnknownClient(word.name(), reverse, code);
    }

    @Override
    public Ruling ask(Question q) {
        Client client = q.subject().client();
        NameStatus status = reverse ? client.reverseStatus() : client.nameStatus();
        if (status == NameStatus.OK) {
            return Ruling.DUNNO;
        }
        String why = "cannot find your " + (reverse ? "reverse hostname" : "hostname");
        return new Ruling.Reject(
                Reply.of(
                        status == NameStatus.TEMPORARY ? 450 : code,
                        7,
                        reverse ? 1 : 25,
                        "Client host rejected: " + why + ", [" + client.ip() + "]"));
    }
}
