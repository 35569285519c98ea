package org.postrider.sts;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The domains that are remembered, the one that mail asked for last at the end. Bounded in number:
/// one more takes the place of the one that nobody asked for the longest, of those without a policy
/// first; and in the octets of policies: the largest one makes room. Its owner locks.
final class KnownDomains {
    static final long MOST_OCTETS = 8 << 20;

    private final Map<String, Known> all = new LinkedHashMap<>(16, 0.75f, true);
    private final long mostOctets;
    private long octets;

    KnownDomains() {
        this(MOST_OCTETS);
    }

    KnownDomains(long mostOctets) {
        this.mostOctets = mostOctets;
    }

    @Nullable Known get(String domain) {
        return all.get(domain);
    }

    Collection<Known> all() {
        return all.values();
    }

    int size() {
        return all.size();
    }

    long octets() {
        return octets;
    }

    /// Remembers one more.
    ///
    /// @param most domains, this one among them
    /// @return null where all others are asked right now
    @Nullable Known add(String domain, int most) {
        while (all.size() >= most) {
            Known oldest = oldest();
            if (oldest == null) {
                return null;
            }
            all.remove(oldest.domain);
            octets -= oldest.octets();
        }
        Known made = new Known(domain);
        all.put(domain, made);
        return made;
    }

    private @Nullable Known oldest() {
        Known found = null;
        for (Known each : all.values()) {
            if (each.running == null) {
                if (each.policy == null) {
                    return each;
                }
                found = found == null ? each : found;
            }
        }
        return found;
    }

    /// The policy that counts from now on, null for none.
    ///
    /// @return the domains whose policies had to make room
    List<String> put(Known of, @Nullable StsPolicy policy) {
        List<String> out = new ArrayList<>();
        octets -= of.octets();
        of.policy = policy;
        octets += of.octets();
        while (octets > mostOctets) {
            Known largest = of;
            for (Known each : all.values()) {
                largest = each.octets() > largest.octets() ? each : largest;
            }
            octets -= largest.octets();
            largest.policy = null;
            out.add(largest.domain);
        }
        return out;
    }

    /// Takes out the policies that have ended.
    ///
    /// @return their domains
    List<String> end(long seconds) {
        List<String> out = new ArrayList<>();
        for (Iterator<Known> i = all.values().iterator(); i.hasNext(); ) {
            Known each = i.next();
            if (each.ended(seconds)) {
                out.add(each.domain);
                octets -= each.octets();
                each.policy = null;
                each.answered = false;
            }
        }
        return out;
    }
}
