package org.postrider.access.listed;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.LogLine;
import org.postrider.access.Subject;
import org.postrider.access.name.DnsReplies;
import org.postrider.access.restriction.Asking;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Restriction;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.config.Settings;
import org.postrider.dnsbl.DnsList;

/// reject_rbl_client, reject_rhsbl_helo and their like: who is on a list is refused.
///
/// @param argument the list, as configured; empty for reject_maps_rbl
/// @param lists asked in order; the first that counts refuses
/// @param dns null if there is none to ask
public record RejectListed(
        String name,
        String argument,
        Entry entry,
        List<DnsList> lists,
        ListReplies replies,
        @Nullable DnsReplies dns)
        implements Asking {
    private static final String MAPS = "reject_maps_rbl";

    public static Restriction client(Word word, Means means) {
        return of(word, Entry.ADDRESS, means);
    }

    public static Restriction clientName(Word word, Means means) {
        return of(word, Entry.CLIENT, means);
    }

    public static Restriction reverseClient(Word word, Means means) {
        return of(word, Entry.REVERSE_CLIENT, means);
    }

    public static Restriction helo(Word word, Means means) {
        return of(word, Entry.HELO, means);
    }

    public static Restriction sender(Word word, Means means) {
        return of(word, Entry.SENDER, means);
    }

    public static Restriction recipient(Word word, Means means) {
        return of(word, Entry.RECIPIENT, means);
    }

    /// reject_maps_rbl: the lists of maps_rbl_domains.
    public static Restriction maps(Word word, Means means) {
        List<DnsList> lists = new ArrayList<>();
        for (String text : means.settings().get(AccessParams.MAPS_RBL_DOMAINS)) {
            lists.add(DnsList.of(text));
        }
        return made(word, Entry.ADDRESS, lists, means);
    }

    /// What is wrong with maps_rbl_domains; null for nothing.
    public static @Nullable String mapsFault(Settings settings) {
        for (String text : settings.get(AccessParams.MAPS_RBL_DOMAINS)) {
            String fault = ListWord.fault(text);
            if (fault != null) {
                return fault;
            }
        }
        return null;
    }

    /// Why reject_maps_rbl decides nothing; null if it does.
    public static @Nullable String mapsIdle(Settings settings) {
        return settings.get(AccessParams.MAPS_RBL_DOMAINS).isEmpty()
                ? "restriction " + MAPS + ": maps_rbl_domains names no list"
                : null;
    }

    private static Restriction of(Word word, Entry entry, Means means) {
        return made(word, entry, ListWord.lists(word), means);
    }

    private static Restriction made(Word word, Entry entry, List<DnsList> lists, Means means) {
        return new RejectListed(
                word.name(),
                word.argument(),
                entry,
                lists,
                ListReplies.of(means),
                DnsReplies.of(means));
    }

    @Override
    public void begin(Subject subject) {
        Lookup.begin(entry, lists, subject);
    }

    @Override
    public Ruling ask(Question q) {
        if (name.equals(MAPS)) {
            q.wants(
                    new LogLine.WarningOnce(
                            MAPS,
                            "support for restriction \"reject_maps_rbl\" will be removed from"
                                    + " Postfix; use \"reject_rbl_client domain-name\" instead"));
        } else if (lists.isEmpty()) {
            q.warn(ListWord.missing(name));
        }
        for (DnsList list : lists) {
            String query = entry.query(list, q.subject());
            if (query != null && list.counts(Lookup.answer(query, dns, q))) {
                String reason = Lookup.reason(query, dns, q);
                return replies.refusal(list, entry, reason, q);
            }
        }
        return Ruling.DUNNO;
    }
}
