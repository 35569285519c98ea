package org.postrider.smtp.session;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpParams;

/// smtp_reply_filter: what a table makes of each line that a server says. Immutable; any thread.
///
/// @param text the table as main.cf has it
/// @param table null for none
record ReplyFilter(String text, @Nullable Table table) {
    /// The table cannot answer: what the server said is not known.
    static final class Trouble extends IOException {
        private static final long serialVersionUID = 1;

        Trouble(TableException cause) {
            super("the table of replies cannot answer", cause);
        }
    }

    static ReplyFilter of(ClientSettings settings, Tables tables) {
        String text = settings.get(SmtpParams.REPLY_FILTER).strip();
        return new ReplyFilter(text, text.isEmpty() ? null : tables.open(text));
    }

    /// Null where the line stays as it is.
    ///
    /// @throws TableException where the table cannot answer
    @Nullable String instead(String line) {
        return table == null ? null : table.lookup(line);
    }
}
