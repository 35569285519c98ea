package org.postrider.dmarc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Fold;

/// A DMARC policy record (RFC 9989 4.7, 4.8). Tags that nobody knows, `pct` among them, say
/// nothing; a known one with a value that is none has its default.
///
/// @param policies for the domain and what is below it
/// @param alignment how exactly identifiers have to match
/// @param reports where the owner wants to hear of it
/// @param testing `t=y`
/// @param psd whether the domain is a public suffix
/// @param fault why it can say no policy; null where it can
public record DmarcRecord(
        Policies policies,
        Alignment alignment,
        Reports reports,
        boolean testing,
        Psd psd,
        @Nullable String fault) {
    private static final int MOST_TAGS = 64;
    private static final int MOST_URIS = 8;
    private static final int MOST_URI = 512;
    private static final String NO_P = "no tag p";
    private static final Policies NO_POLICY = new Policies(DmarcPolicy.NONE, null, null);
    private static final Reports NO_REPORTS = new Reports(List.of(), List.of(), "0");

    /// @param sp of subdomains; null as `p`
    /// @param np of subdomains that do not exist; null as `sp`
    public record Policies(DmarcPolicy p, @Nullable DmarcPolicy sp, @Nullable DmarcPolicy np) {
        /// Of an existing subdomain.
        public DmarcPolicy ofSubdomain() {
            return sp == null ? p : sp;
        }

        /// Of one that does not exist.
        public DmarcPolicy ofMissing() {
            return np == null ? ofSubdomain() : np;
        }
    }

    /// True for strict.
    public record Alignment(boolean dkim, boolean spf) {
        static final Alignment RELAXED = new Alignment(false, false);
    }

    /// URIs as they stand in the record, each at most 512 octets and printable, at most eight of a
    /// kind.
    ///
    /// @param rua for aggregate reports
    /// @param ruf for reports on single mails
    /// @param fo when the latter are wanted
    public record Reports(List<String> rua, List<String> ruf, String fo) {}

    /// Whether mail domains are registered below this one.
    public enum Psd {
        YES,
        NO,
        /// Nobody says: the default.
        UNKNOWN
    }

    /// @param text the strings of a TXT record put together, octets as chars
    /// @return null where it is no DMARC record at all
    public static @Nullable DmarcRecord read(String text) {
        String[] parts = text.split(";", MOST_TAGS + 1);
        if (!version(parts[0])) {
            return null;
        }
        Map<String, String> tags = new LinkedHashMap<>();
        String fault = parts.length > MOST_TAGS ? "more than " + MOST_TAGS + " tags" : null;
        for (int i = 1; i < parts.length && fault == null; i++) {
            String part = parts[i].strip();
            int equals = part.indexOf('=');
            if (equals <= 0) {
                // Syntax errors in what follows the version are left out.
                continue;
            }
            String name = Fold.lower(part.substring(0, equals).strip());
            if (name.equals("v") || tags.put(name, part.substring(equals + 1).strip()) != null) {
                // RFC 6376 3.2: such a list is no list.
                fault = "tag " + (known(name) ? name : "") + " twice";
            }
        }
        return fault == null ? of(tags) : faulty(fault);
    }

    /// Whether it is a list of tags at all, though it may say no policy: what a receiver of reports
    /// publishes (RFC 9990, verifying external destinations).
    boolean readable() {
        return fault == null || fault.equals(NO_P);
    }

    private static boolean known(String name) {
        return List.of("v", "p", "sp", "np", "adkim", "aspf", "rua", "ruf", "fo", "t", "psd")
                .contains(name);
    }

    private static boolean version(String part) {
        int equals = part.indexOf('=');
        return equals > 0
                && part.substring(0, equals).strip().equalsIgnoreCase("v")
                && !Character.isWhitespace(part.charAt(0))
                && part.substring(equals + 1).strip().equals("DMARC1");
    }

    private static DmarcRecord faulty(String fault) {
        return new DmarcRecord(NO_POLICY, Alignment.RELAXED, NO_REPORTS, false, Psd.UNKNOWN, fault);
    }

    private static DmarcRecord of(Map<String, String> tags) {
        String p = tags.get("p");
        String sp = tags.get("sp");
        String np = tags.get("np");
        DmarcPolicy ofAll = p == null ? null : DmarcPolicy.of(p);
        DmarcPolicy ofSubdomains = sp == null ? null : DmarcPolicy.of(sp);
        DmarcPolicy ofMissing = np == null ? null : DmarcPolicy.of(np);
        String fault =
                p == null
                        ? NO_P
                        : ofAll == null
                                ? "unknown policy in p"
                                : sp != null && ofSubdomains == null
                                        ? "unknown policy in sp"
                                        : np != null && ofMissing == null
                                                ? "unknown policy in np"
                                                : null;
        Reports reports =
                new Reports(
                        uris(tags.get("rua")),
                        uris(tags.get("ruf")),
                        fo(tags.getOrDefault("fo", "0")));
        Policies policies =
                ofAll == null || fault != null
                        ? NO_POLICY
                        : new Policies(ofAll, ofSubdomains, ofMissing);
        return new DmarcRecord(
                policies,
                new Alignment(is(tags.get("adkim"), "s"), is(tags.get("aspf"), "s")),
                reports,
                is(tags.get("t"), "y"),
                is(tags.get("psd"), "y")
                        ? Psd.YES
                        : is(tags.get("psd"), "n") ? Psd.NO : Psd.UNKNOWN,
                // One that wants reports is taken for `p=none` (4.10.1).
                reports.rua().isEmpty() ? fault : null);
    }

    private static boolean is(@Nullable String value, String word) {
        return value != null && Fold.same(value, word);
    }

    private static String fo(String value) {
        String out = Fold.lower(value);
        return out.matches("[01ds](:[01ds]){0,3}") ? out : "0";
    }

    private static List<String> uris(@Nullable String value) {
        if (value == null) {
            return List.of();
        }
        List<String> out = new ArrayList<>();
        for (String each : value.split(",", MOST_URIS + 1)) {
            String uri = each.strip();
            if (out.size() < MOST_URIS && uri(uri) && !out.contains(uri)) {
                out.add(uri);
            }
        }
        return List.copyOf(out);
    }

    private static boolean uri(String text) {
        int colon = text.indexOf(':');
        return text.length() <= MOST_URI
                && colon > 0
                && colon + 1 < text.length()
                && text.chars().allMatch(c -> c > ' ' && c < 127)
                && text.substring(0, colon).matches("[A-Za-z][A-Za-z0-9+.-]*");
    }
}
