package org.postrider.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the doors of [Hold] ask: does this service's configuration hold mail here, and for which
/// setting? To be asked once, when the service is made.
public final class Holds {
    private static final Set<String> STRONG_LEVELS =
            Set.of("fingerprint", "verify", "secure", "dane", "dane-only", "half-dane");

    private Holds() {}

    /// The parameters that are configured for a service (main.cf or its `-o`), not honoured, and
    /// hold mail by themselves at this door; in name order.
    public static List<String> configured(Settings settings, Hold hold) {
        List<String> out = new ArrayList<>();
        for (Honoured.Entry e : Honoured.list().holding(hold)) {
            if (e.kind() == Honoured.Kind.PARAMETER
                    && e.verdict() instanceof Honoured.Verdict.Holding h
                    && h.with().isEmpty()
                    && holding(settings, e.name(), h)) {
                out.add(e.name());
            }
        }
        return out;
    }

    /// Why mail waits here: the end of a deferral's or a reply's text, with the setting's name;
    /// null if nothing holds it.
    public static @Nullable String of(Settings settings, Hold... doors) {
        for (Hold door : doors) {
            List<String> names = configured(settings, door);
            if (!names.isEmpty()) {
                return reason(names.getFirst());
            }
        }
        return null;
    }

    /// `smtp_generic_maps is configured and not honoured by this version`.
    public static String reason(String setting) {
        return setting + " is configured and not honoured by this version";
    }

    /// Whether a client's level asks for more than encryption.
    ///
    /// @param level smtp_tls_security_level or lmtp_tls_security_level
    public static boolean strongTls(Settings settings, String level) {
        return STRONG_LEVELS.contains(
                String.valueOf(settings.text(level)).toLowerCase(Locale.ROOT));
    }

    /// Whether a parameter has a value that is neither its default nor one of those that are
    /// harmless.
    public static boolean holding(
            Settings settings, String name, Honoured.Verdict.Holding holding) {
        if (!settings.configured(name)) {
            return false;
        }
        if (holding.unless().isEmpty()) {
            return true;
        }
        for (String word : Values.words(String.valueOf(settings.text(name)))) {
            if (!holding.unless().contains(word.toLowerCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }
}
