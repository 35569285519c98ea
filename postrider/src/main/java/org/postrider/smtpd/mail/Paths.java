package org.postrider.smtpd.mail;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.PathParser;
import org.postrider.address.Word;
import org.postrider.config.Settings;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.session.Session;

/// The addresses in commands (RFC 5321 4.1.2). Immutable; any thread.
public final class Paths {
    private final boolean strict;
    private final boolean strictUtf8;

    public Paths(Settings settings) {
        strict = settings.get(SmtpdParams.STRICT_ENVELOPES);
        strictUtf8 = settings.get(SmtpdParams.STRICT_SMTPUTF8);
    }

    /// An address in internal form; null for what is none, which is logged.
    public @Nullable Address path(Session s, Word word, boolean mayBeEmpty) {
        if (word.open()) {
            return null;
        }
        Address address = PathParser.parse(word.text(), strict);
        if (address == null
                || (address.isNull() && !mayBeEmpty)
                || (!address.isNull() && s.resolutions.malformed(s.sender(), address))) {
            String command = s.place.command();
            s.warn(
                    "Illegal address syntax from "
                            + s.client()
                            + " in "
                            + command
                            + " command: "
                            + word.text());
            return null;
        }
        return address;
    }

    /// strict_smtputf8: an address beyond ASCII in a mail that did not ask for SMTPUTF8.
    ///
    /// @param declared it did
    public boolean undeclared(Address address, boolean declared) {
        return strictUtf8 && !declared && !ascii(address.text());
    }

    public static boolean ascii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }
}
