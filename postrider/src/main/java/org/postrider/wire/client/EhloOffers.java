package org.postrider.wire.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.postrider.wire.ClientDialogue;
import org.postrider.wire.Offer;
import org.postrider.wire.ServerReply;
import org.postrider.wire.Words;

/// What one reply to EHLO offers. Immutable.
public final class EhloOffers {
    public static final EhloOffers NONE = new EhloOffers();

    private final Set<Offer> known = EnumSet.noneOf(Offer.class);
    private final List<String> logins = new ArrayList<>();
    private final Set<String> forwards = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private long sizeLimit;
    private boolean utf8Alone;

    private EhloOffers() {}

    /// @param discarded keywords that are passed over, upper case
    public static EhloOffers of(
            ServerReply reply, Set<String> discarded, ClientDialogue.Oddities oddities) {
        EhloOffers out = new EhloOffers();
        List<String> lines = reply.lines();
        for (int i = 1; i < lines.size(); i++) {
            String line = lines.get(i);
            String text = line.length() > 4 ? line.substring(4).strip() : "";
            int stop = 0;
            while (stop < text.length() && " =".indexOf(text.charAt(stop)) < 0) {
                stop++;
            }
            String keyword = text.substring(0, stop).toUpperCase(Locale.ROOT);
            if (!discarded.contains(keyword)) {
                out.offered(keyword, text.substring(stop).strip(), oddities);
            }
        }
        out.utf8Alone = out.has(Offer.SMTPUTF8) && out.known.add(Offer.EIGHT_BIT);
        return out;
    }

    private void offered(String keyword, String value, ClientDialogue.Oddities oddities) {
        for (Offer each : Offer.values()) {
            if (each.keyword().equals(keyword)) {
                known.add(each);
                if (each == Offer.AUTH) {
                    logins.add(value.startsWith("=") ? value.substring(1).strip() : value);
                }
                if (each == Offer.SIZE) {
                    size(value, oddities);
                } else if (each == Offer.XFORWARD) {
                    forwards.addAll(Words.of(value));
                }
            }
        }
    }

    private void size(String value, ClientDialogue.Oddities oddities) {
        if (value.isEmpty()) {
            return;
        }
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                oddities.badSize(value);
                return;
            }
        }
        // One too large to hold is none.
        sizeLimit = value.length() > 18 ? 0 : Long.parseLong(value);
    }

    public boolean has(Offer offer) {
        return known.contains(offer);
    }

    /// What stands behind AUTH, a line each: the names of mechanisms.
    public List<String> logins() {
        return List.copyOf(logins);
    }

    /// The attributes behind XFORWARD; the case of their letters does not count.
    public Set<String> forwards() {
        return Collections.unmodifiableSet(forwards);
    }

    /// 0 for none.
    public long sizeLimit() {
        return sizeLimit;
    }

    /// SMTPUTF8 came without the 8BITMIME that it implies.
    public boolean utf8Alone() {
        return utf8Alone;
    }
}
