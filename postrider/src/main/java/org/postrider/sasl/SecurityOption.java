package org.postrider.sasl;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.postrider.config.ConfigException;

/// What a mechanism must have or must not (smtpd_sasl_security_options).
public enum SecurityOption {
    NOPLAINTEXT,
    NOACTIVE,
    NODICTIONARY,
    NOANONYMOUS,
    FORWARD_SECRECY,
    MUTUAL_AUTH;

    /// @throws ConfigException for a word that is none
    public static Set<SecurityOption> parse(List<String> words, String parameter) {
        Set<SecurityOption> out = EnumSet.noneOf(SecurityOption.class);
        for (String word : words) {
            try {
                out.add(valueOf(word.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new ConfigException(
                        parameter + ": unsupported SASL security option: " + word);
            }
        }
        return out;
    }
}
