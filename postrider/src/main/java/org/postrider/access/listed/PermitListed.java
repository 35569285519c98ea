package org.postrider.access.listed;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Stage;
import org.postrider.access.Subject;
import org.postrider.access.mail.Destination;
import org.postrider.access.name.DnsReplies;
import org.postrider.access.restriction.Asking;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.dnsbl.DnsList;
import org.postrider.dnsbl.ListAnswer;
import org.postrider.wire.Reply;

/// permit_dnswl_client, permit_rhswl_client: who is on a list may go on, but at RCPT to recipients
/// of this server's only. While nobody can say, refusals are put off.
///
/// @param argument the list, as configured
/// @param lists one; none if none is named
/// @param own permit_auth_destination
/// @param dns null if there is none to ask
public record PermitListed(
        String name,
        String argument,
        Entry entry,
        List<DnsList> lists,
        Destination own,
        @Nullable DnsReplies dns)
        implements Asking {
    public static PermitListed client(Word word, Means means) {
        return of(word, Entry.ADDRESS, means);
    }

    public static PermitListed clientName(Word word, Means means) {
        return of(word, Entry.CLIENT, means);
    }

    private static PermitListed of(Word word, Entry entry, Means means) {
        return new PermitListed(
                word.name(),
                word.argument(),
                entry,
                ListWord.lists(word),
                Destination.of(new Word("permit_auth_destination", "", word.parameter()), means),
                DnsReplies.of(means));
    }

    @Override
    public void begin(Subject subject) {
        Lookup.begin(entry, lists, subject);
    }

    @Override
    public Ruling ask(Question q) {
        if (lists.isEmpty()) {
            q.warn(ListWord.missing(name));
            return Ruling.DUNNO;
        }
        DnsList list = lists.getFirst();
        String query = entry.query(list, q.subject());
        if (query == null || elsewhere(q)) {
            return Ruling.DUNNO;
        }
        ListAnswer answer = Lookup.answer(query, dns, q);
        if (answer instanceof ListAnswer.Unknown) {
            String text =
                    "<"
                            + entry.of(q.subject())
                            + ">: "
                            + entry.what()
                            + " rejected: Service unavailable";
            return new Ruling.DeferIfReject(Reply.of(450, 7, 1, text));
        }
        return list.counts(answer) ? Ruling.PERMIT : Ruling.DUNNO;
    }

    /// A list is no leave to relay.
    private boolean elsewhere(Question q) {
        return q.asked() == Stage.RECIPIENT
                && q.subject().recipient() != null
                && !(own.ask(q) instanceof Ruling.Permit);
    }
}
