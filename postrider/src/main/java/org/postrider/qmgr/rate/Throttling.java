package org.postrider.qmgr.rate;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;

/// Which replies ask for less mail: those that a table says, else those that providers are known
/// for. Immutable; any thread.
final class Throttling {
    private static final int LONGEST = 512;

    /// Where a reply begins in the words of the client.
    private static final Pattern REPLY =
            Pattern.compile("(?:said: |to me: |talk to me: )?(4\\d\\d[ -].*)", Pattern.DOTALL);

    /// Greylisting, and sessions that were idle, ask for nothing of the kind.
    private static final Pattern ELSE =
            Pattern.compile(
                    "gr[ae]y-?list|^4\\d\\d[ -]4\\.4\\.2|time-? ?out", Pattern.CASE_INSENSITIVE);

    private static final Pattern KNOWN =
            Pattern.compile(
                    "^421[ -]|^4\\d\\d[ -]4\\.7\\.\\d|throttl|too many|too fast|rate.?limit|\\[?TSS?0\\d",
                    Pattern.CASE_INSENSITIVE);

    private final @Nullable Table maps;

    private Throttling(@Nullable Table maps) {
        this.maps = maps;
    }

    /// Null where no destination is to be slowed.
    static @Nullable Throttling of(Settings settings, String transport, Tables tables) {
        boolean on =
                settings.perTransport(
                        transport, "_destination_slowdown", DestinationRateParams.SLOWDOWN);
        List<String> names =
                settings.perTransport(
                        transport,
                        "_destination_slowdown_reply_maps",
                        DestinationRateParams.SLOWDOWN_REPLIES);
        return on ? new Throttling(names.isEmpty() ? null : tables.chain(names)) : null;
    }

    /// The reply, if it asks for less mail; null where it does not.
    ///
    /// @param text what the delivery says
    /// @throws org.postrider.maps.TableException if a table cannot answer
    @Nullable String heard(String text) {
        Matcher m = REPLY.matcher(text);
        String whole = m.find() ? m.group(1) : text;
        String reply = whole.length() > LONGEST ? whole.substring(0, LONGEST) : whole;
        String said = maps == null ? null : maps.lookup(reply);
        if (said != null) {
            return said.strip().equalsIgnoreCase("slow") ? reply : null;
        }
        boolean slow = KNOWN.matcher(reply).find() && !ELSE.matcher(reply).find();
        return slow && m.reset().find() ? reply : null;
    }
}
