package org.postrider.tls;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.postrider.config.ConfigException;

/// Lists such as `>=TLSv1.2`, `!SSLv2, !TLSv1` or `TLSv1.3` (smtpd_tls_protocols) as what the JDK
/// can speak of them.
final class Protocols {
    private static final List<String> ALL =
            List.of("SSLV2", "SSLV3", "TLSV1", "TLSV1.1", "TLSV1.2", "TLSV1.3");
    private static final List<String> SPOKEN = List.of("TLSv1.2", "TLSv1.3");

    private Protocols() {}

    /// @param whole the list as it stands in the setting
    /// @throws ConfigException for a name that is none, or if nothing that can be spoken is left
    static String[] spoken(List<String> words, String whole) {
        List<Integer> included = new ArrayList<>();
        List<Integer> excluded = new ArrayList<>();
        int lowest = 0;
        int highest = ALL.size() - 1;
        for (String word : words) {
            String bare = word.replaceFirst("^(>=|<=|!)", "");
            int at = ALL.indexOf(bare.toUpperCase(Locale.ROOT));
            if (at < 0) {
                throw new ConfigException("Invalid TLS protocol list \"" + whole + "\"");
            }
            if (word.startsWith(">=")) {
                lowest = at;
            } else if (word.startsWith("<=")) {
                highest = at;
            } else if (word.startsWith("!")) {
                excluded.add(at);
            } else {
                included.add(at);
            }
        }
        List<String> out = new ArrayList<>();
        for (String each : SPOKEN) {
            int at = ALL.indexOf(each.toUpperCase(Locale.ROOT));
            boolean named = included.isEmpty() || included.contains(at);
            if (named && !excluded.contains(at) && at >= lowest && at <= highest) {
                out.add(each);
            }
        }
        if (out.isEmpty()) {
            throw new ConfigException(
                    "TLS protocol list \"" + whole + "\": none of them is spoken here");
        }
        return out.toArray(new String[0]);
    }
}
