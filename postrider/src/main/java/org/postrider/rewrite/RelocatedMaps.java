package org.postrider.rewrite;

import java.util.function.Consumer;
import org.postrider.config.Settings;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// relocated_maps (relocated(5)): mail for who has moved goes to `error`. Immutable.
final class RelocatedMaps {
    private static final Status UNAVAILABLE = new Status(5, 2, 0);
    private static final int SHOWN = 100;

    private final AddressMaps maps;
    private final boolean prefixed;
    private final Consumer<String> warnings;

    /// @param warnings where an entry that is none is named
    RelocatedMaps(Settings settings, Tables tables, Consumer<String> warnings) {
        maps =
                new AddressMaps(
                        RewriteParams.RELOCATED_MAPS.name(),
                        settings.get(RewriteParams.RELOCATED_MAPS),
                        tables,
                        settings.get(RewriteParams.RECIPIENT_DELIMITER));
        prefixed = settings.get(RewriteParams.RELOCATED_PREFIX_ENABLE);
        this.warnings = warnings;
    }

    /// @param own knows whose domains are named barely
    /// @throws TableException when a table cannot answer
    Resolved override(Resolved before, RewriteService own) {
        if (maps.isEmpty()) {
            return before;
        }
        boolean bare = own.barelyNamed(before.recipient().domain());
        String moved =
                TrivialRewrite.lookup(RewriteParams.RELOCATED_MAPS, maps, before.recipient(), bare);
        return moved == null ? before : before.to("error", text(moved));
    }

    private String text(String moved) {
        if (prefixed) {
            return "5.1.6 User has moved to " + moved;
        }
        DsnSplit split = DsnSplit.of(UNAVAILABLE, moved);
        if (DsnSplit.status(moved) != null && !split.text().isEmpty()) {
            return split.status() + " " + split.text();
        }
        String shown = moved.substring(0, Math.min(SHOWN, moved.length()));
        warnings.accept(
                "relocated_maps result must contain RFC 3463 status and text: '" + shown + "'");
        return UNAVAILABLE + " Mailbox is unavailable";
    }
}
