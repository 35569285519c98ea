package org.postrider.tls;

import java.util.Map;
import java.util.function.Consumer;
import org.postrider.maps.Fold;

/// How much of TLS is logged: smtp_tls_loglevel and smtpd_tls_loglevel (TLS_README), a number, or
/// words that Postfix has for the numbers and for parts of them. The highest counts. `trace`
/// (Postfix 3.12) writes no file here: the JDK's TLS does not show its messages.
public final class TlsLogLevel {
    private static final Map<String, Integer> WORDS =
            Map.ofEntries(
                    Map.entry("none", 0),
                    Map.entry("routine", 1),
                    Map.entry("summary", 1),
                    Map.entry("untrusted", 1),
                    Map.entry("debug", 2),
                    Map.entry("peercert", 2),
                    Map.entry("certmatch", 2),
                    Map.entry("verbose", 2),
                    Map.entry("cache", 2),
                    Map.entry("ssl-expert", 3),
                    Map.entry("ssl-debug", 3),
                    Map.entry("ssl-handshake-packet-dump", 3),
                    Map.entry("ssl-developer", 4),
                    Map.entry("ssl-session-packet-dump", 4));

    private TlsLogLevel() {}

    /// A number from 0 on.
    ///
    /// @param name of the parameter
    /// @param warnings get what is no level, which counts as none
    public static int of(String name, String text, Consumer<String> warnings) {
        int level = 0;
        for (String word : text.strip().split("[,\\s]+")) {
            Integer own =
                    word.matches("[0-9]") ? Integer.valueOf(word) : WORDS.get(Fold.lower(word));
            if (own != null) {
                level = Math.max(level, own);
            } else if (word.equalsIgnoreCase("trace")) {
                warnings.accept(name + ": no trace of TLS is written by this version");
            } else if (!word.isEmpty()) {
                warnings.accept("unknown " + name + " value \"" + word + "\" in \"" + text + "\"");
            }
        }
        return level;
    }
}
