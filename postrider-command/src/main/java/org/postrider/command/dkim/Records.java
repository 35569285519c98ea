package org.postrider.command.dkim;

import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import org.postrider.dkim.KeyRecord;
import org.postrider.dkim.SigningKeys;

/// The record of a key as people enter it.
final class Records {
    /// Octets of one string of a TXT record (RFC 1035 3.3.14).
    private static final int STRING = 255;

    private Records() {}

    /// As a zone file has it: strings of at most 255 octets, in brackets.
    static String zoneLine(SigningKeys.Named named, PublicKey key) {
        String text = KeyRecord.text(key, false);
        List<String> parts = new ArrayList<>();
        for (int at = 0; at < text.length(); at += STRING) {
            parts.add('"' + text.substring(at, Math.min(text.length(), at + STRING)) + '"');
        }
        String name = named.selector() + "._domainkey." + named.domain() + ".";
        return parts.size() == 1
                ? name + " IN TXT " + parts.getFirst() + "\n"
                : name + " IN TXT ( " + String.join("\n    ", parts) + " )\n";
    }

    /// The record that takes a key back (RFC 6376 3.6.1), as a zone file has it.
    static String revoked(SigningKeys.Named named, PublicKey key) {
        String text = KeyRecord.text(key, false);
        return named.selector()
                + "._domainkey."
                + named.domain()
                + ". IN TXT \""
                + text.substring(0, text.indexOf("p=") + 2)
                + "\"\n";
    }

    /// As the web page of a provider wants it.
    static String paste(SigningKeys.Named named, PublicKey key) {
        String name = named.selector() + "._domainkey";
        return "    name   "
                + name
                + "\n    type   TXT\n    value  "
                + KeyRecord.text(key, false)
                + "\n"
                + above(named.domain(), name);
    }

    /// A domain below another is often no zone of its own.
    private static String above(String domain, String name) {
        int dot = domain.indexOf('.');
        String zone = domain.substring(dot + 1);
        return zone.indexOf('.') < 0
                ? ""
                : "\nWhere "
                        + domain
                        + " is no zone of its own, the name goes on: "
                        + name
                        + "."
                        + domain.substring(0, dot)
                        + " in the zone "
                        + zone
                        + ".\n";
    }
}
