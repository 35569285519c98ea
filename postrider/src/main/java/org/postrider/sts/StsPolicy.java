package org.postrider.sts;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.HostName;
import org.postrider.maps.Fold;

/// A policy of MTA-STS (RFC 8461 3.2). A value.
///
/// @param domain it is for, in lower case
/// @param id of the DNS record when it was fetched
/// @param maxAgeSeconds how long it counts from then on
/// @param patterns of its `mx` lines: host names, or `*.` and a domain; none only where the mode is
///   NONE
public record StsPolicy(
        String domain, String id, Mode mode, long maxAgeSeconds, List<String> patterns) {
    private static final long LONGEST_SECONDS = 31_557_600;
    private static final String VERSION = "version";
    private static final String MAX_AGE = "max_age";

    /// What is asked of who sends mail (5).
    public enum Mode {
        /// No mail goes to a server that does not keep to the policy.
        ENFORCE,
        /// It goes, and failures are reported.
        TESTING,
        /// There is no policy any more.
        NONE;

        public String word() {
            return Fold.lower(name());
        }

        static @Nullable Mode of(String word) {
            for (Mode each : values()) {
                if (each.word().equals(word)) {
                    return each;
                }
            }
            return null;
        }
    }

    /// A text that is no policy, and why.
    static final class Invalid extends Exception {
        private static final long serialVersionUID = 1;

        Invalid(String why) {
            super(why, null, false, false);
        }
    }

    /// Reads what a policy host says. Of a key that comes again the first one counts, `mx` apart;
    /// other keys are passed over, and so are empty lines, which some hosts end with.
    static StsPolicy parse(String domain, String id, String text) throws Invalid {
        List<String> patterns = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Mode mode = null;
        long maxAge = -1;
        String[] lines = text.split("\r?\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = withoutBlanks(lines[i]);
            if (line.isEmpty()) {
                continue;
            }
            int colon = line.indexOf(':');
            if (colon < 0 || !line.substring(0, colon).matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")) {
                throw new Invalid("line " + (i + 1) + " is no key and value");
            }
            String key = line.substring(0, colon);
            String value = withoutBlanks(line.substring(colon + 1));
            if (key.equals("mx")) {
                patterns.add(pattern(value));
            } else if (seen.add(key)) {
                switch (key) {
                    case VERSION -> version(value);
                    case "mode" -> mode = mode(value);
                    case MAX_AGE -> maxAge = maxAge(value);
                    default -> {
                        // RFC 8461 3.2: what is not known is passed over.
                    }
                }
            }
        }
        if (!seen.contains(VERSION) || mode == null || maxAge < 0) {
            throw new Invalid(
                    "no "
                            + (!seen.contains(VERSION) ? VERSION : mode == null ? "mode" : MAX_AGE)
                            + " in it");
        }
        if (patterns.isEmpty() && mode != Mode.NONE) {
            throw new Invalid("no mx in it");
        }
        return new StsPolicy(domain, id, mode, maxAge, List.copyOf(patterns));
    }

    /// At either end; linear, whatever a stranger sends.
    private static String withoutBlanks(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && blank(text.charAt(from))) {
            from++;
        }
        while (from < to && blank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }

    private static void version(String value) throws Invalid {
        if (!value.equals("STSv1")) {
            throw new Invalid("version is not STSv1");
        }
    }

    private static Mode mode(String value) throws Invalid {
        Mode mode = Mode.of(value);
        if (mode == null) {
            throw new Invalid("mode is not enforce, testing or none");
        }
        return mode;
    }

    private static long maxAge(String value) throws Invalid {
        long out = value.matches("[0-9]{1,10}") ? Long.parseLong(value) : -1;
        if (out < 0 || out > LONGEST_SECONDS) {
            throw new Invalid("max_age is not a number up to " + LONGEST_SECONDS);
        }
        return out;
    }

    private static String pattern(String value) throws Invalid {
        String host = value.startsWith("*.") ? value.substring(2) : value;
        if (!HostName.valid(host)) {
            throw new Invalid("mx is no host name or *.domain");
        }
        return Fold.lower(value);
    }

    /// Whether mail may go to an exchanger (4.1): `*.` stands for one label.
    public boolean allows(String host) {
        int dot = host.indexOf('.');
        for (String pattern : patterns) {
            if (pattern.startsWith("*.")
                    ? dot > 0 && host.substring(dot).equalsIgnoreCase(pattern.substring(1))
                    : host.equalsIgnoreCase(pattern)) {
                return true;
            }
        }
        return false;
    }

    /// As a policy host says it, without what is not known.
    public List<String> lines() {
        List<String> out = new ArrayList<>();
        out.add("version: STSv1");
        out.add("mode: " + mode.word());
        patterns.forEach(each -> out.add("mx: " + each));
        out.add("max_age: " + maxAgeSeconds);
        return out;
    }

    /// Octets of the heap, about.
    long octets() {
        long out = 300L + domain.length();
        for (String each : patterns) {
            out += 60L + each.length();
        }
        return out;
    }
}
