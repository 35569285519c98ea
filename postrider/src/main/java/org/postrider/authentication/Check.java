package org.postrider.authentication;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.maps.Fold;

/// What authentication_checks names.
public enum Check {
    IPREV,
    SPF,
    DKIM,
    ARC,
    DMARC;

    /// As authentication_checks has it.
    public String word() {
        return Fold.lower(name());
    }

    /// Empty where nothing is checked.
    ///
    /// @throws ConfigException for a word that is none
    public static Set<Check> of(Settings settings) {
        List<String> words = settings.get(AuthenticationParams.CHECKS);
        Set<Check> out = EnumSet.noneOf(Check.class);
        for (String word : words) {
            out.add(of(word));
        }
        if (out.contains(DMARC)) {
            out.add(SPF);
            out.add(DKIM);
        }
        return out;
    }

    private static Check of(String word) {
        for (Check each : values()) {
            if (Fold.same(each.name(), word)) {
                return each;
            }
        }
        throw new ConfigException(
                "bad configuration: "
                        + AuthenticationParams.CHECKS.name()
                        + " = "
                        + word
                        + ": need iprev, spf, dkim, arc or dmarc");
    }
}
