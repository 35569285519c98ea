package org.postrider.smtp.policy;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Values;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpParams;

/// What is done for a server behind a Cisco PIX firewall, which is known by its greeting: those of
/// smtp_pix_workaround_maps for the server's address, else smtp_pix_workarounds. Immutable; any
/// thread.
///
/// @param maps null for none
/// @param mapsName the parameter that names them
/// @param thresholdMillis the age of a mail from which the final dot waits
/// @param delayMillis how long it waits
public record PixWorkarounds(
        @Nullable Table maps,
        String mapsName,
        List<String> ordinary,
        long thresholdMillis,
        long delayMillis) {
    private static final String NO_ESMTP = "disable_esmtp";
    private static final String LATE_DOT = "delay_dotcrlf";

    /// @param noEsmtp HELO is said, whatever the greeting offers
    /// @param dotMillis how long the final dot waits, in a packet of its own; 0: it does not
    public record Found(boolean noEsmtp, long dotMillis) {
        /// As Postfix logs it.
        public String logged() {
            String late = dotMillis > 0 ? LATE_DOT : "";
            return noEsmtp && !late.isEmpty() ? NO_ESMTP + " " + late : noEsmtp ? NO_ESMTP : late;
        }
    }

    public static PixWorkarounds of(ClientSettings settings, Tables tables) {
        List<String> maps = settings.get(SmtpParams.PIX_WORKAROUND_MAPS);
        return new PixWorkarounds(
                maps.isEmpty()
                        ? null
                        : tables.chain(settings.name(SmtpParams.PIX_WORKAROUND_MAPS), maps),
                settings.name(SmtpParams.PIX_WORKAROUND_MAPS),
                settings.get(SmtpParams.PIX_WORKAROUNDS),
                settings.get(SmtpParams.PIX_THRESHOLD).toMillis(),
                settings.get(SmtpParams.PIX_DELAY).toMillis());
    }

    /// What is done for the server of this greeting. A table that cannot answer is warned of, and
    /// smtp_pix_workarounds counts: as in Postfix, mail does not wait for it.
    ///
    /// @param greeting whole
    /// @param server its address, or the path of its socket
    /// @param ageMillis of the mail
    /// @return null where it is no firewall's, or nothing is to be done
    public @Nullable Found of(
            String greeting, String server, long ageMillis, Consumer<String> warnings) {
        if (!starred(greeting)) {
            return null;
        }
        List<String> words = words(server, warnings);
        if (words.isEmpty()) {
            return null;
        }
        boolean late = has(words, LATE_DOT) && ageMillis >= thresholdMillis;
        return new Found(has(words, NO_ESMTP), late ? delayMillis : 0);
    }

    private static boolean has(List<String> words, String word) {
        return words.stream().anyMatch(word::equalsIgnoreCase);
    }

    /// The firewall makes stars of all that is not `2`, `0` or a blank.
    private static boolean starred(String greeting) {
        for (int i = 0; i < greeting.length(); i++) {
            if ("20 *?".indexOf(greeting.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private List<String> words(String server, Consumer<String> warnings) {
        Table asked = maps;
        String found = null;
        try {
            found = asked == null ? null : asked.lookup(server);
        } catch (TableException e) {
            e.warnings().forEach(warnings);
        }
        return found == null ? ordinary : Values.words(found);
    }
}
