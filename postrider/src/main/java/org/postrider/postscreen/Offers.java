package org.postrider.postscreen;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;
import org.postrider.wire.EhloKeywords;

/// What EHLO's reply offers to whom. Immutable; any thread.
final class Offers {
    private final Terms terms;
    private final Set<String> always;
    private final @Nullable Table tables;

    Offers(Settings settings, Tables open, Terms terms) {
        this.terms = terms;
        always = EhloKeywords.of(settings.get(PostscreenParams.DISCARD_EHLO_KEYWORDS));
        List<String> maps = settings.get(PostscreenParams.DISCARD_EHLO_KEYWORD_ADDRESS_MAPS);
        tables = maps.isEmpty() ? null : open.chain(maps);
    }

    /// Keywords that nobody is offered, upper case.
    Set<String> always() {
        return always;
    }

    /// Those that this client is not offered.
    ///
    /// @throws org.postrider.maps.TableException if nobody can say
    Set<String> discarded(String client) {
        String found = tables == null ? null : tables.lookup(client);
        return found == null ? always : EhloKeywords.of(Values.words(found));
    }

    /// The lines after the first.
    List<String> keywords(Set<String> discarded, boolean secure) {
        List<String> all = new ArrayList<>();
        all.add(terms.dialogue.sizeLimit() > 0 ? "SIZE " + terms.dialogue.sizeLimit() : "SIZE");
        if (terms.dialogue.vrfyOffered()) {
            all.add("VRFY");
        }
        all.add("ETRN");
        if (terms.dialogue.tlsOffered() && !secure) {
            all.add("STARTTLS");
        }
        all.addAll(List.of("ENHANCEDSTATUSCODES", "8BITMIME", "DSN"));
        if (terms.dialogue.smtputf8()) {
            all.add("SMTPUTF8");
        }
        all.add("CHUNKING");
        all.removeIf(each -> discarded.contains(each.startsWith("SIZE") ? "SIZE" : each));
        return all;
    }
}
