package org.postrider.smtpd.dialogue;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.input.Texts;
import org.postrider.smtpd.session.Session;

/// smtpd_command_filter: command lines that are taken for others. Immutable; any thread.
public final class CommandFilter {
    private static final int SHOWN = 100;

    private final Table table;

    private CommandFilter(Table table) {
        this.table = table;
    }

    /// Null where there is none.
    static @Nullable CommandFilter of(Settings settings, Tables tables) {
        String name = settings.get(SmtpdParams.COMMAND_FILTER);
        return name.isEmpty() ? null : new CommandFilter(tables.open(name));
    }

    /// The line to go on with; null where the table cannot answer: the session is over.
    @Nullable String filtered(String line, Session s) throws IOException {
        String key = line.stripLeading();
        try {
            String other = table.lookup(key);
            if (other == null) {
                return line;
            }
            s.info(
                    s.client()
                            + ": replacing command \""
                            + cut(line)
                            + "\" with \""
                            + cut(other)
                            + "\"");
            return other;
        } catch (TableException e) {
            s.warn(table.name() + " lookup error for \"" + cut(key) + "\"");
            s.dataError();
            return null;
        }
    }

    private static String cut(String line) {
        String text = Texts.discreet(line);
        return text.length() > SHOWN ? text.substring(0, SHOWN) : text;
    }
}
