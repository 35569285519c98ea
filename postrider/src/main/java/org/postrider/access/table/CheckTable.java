package org.postrider.access.table;

import java.util.EnumMap;
import java.util.Map;
import org.postrider.access.Stage;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;

/// `type:table` alone: the check that belongs to the list it stands in.
///
/// @param checks by what a list is about; those after the recipients have none
public record CheckTable(String name, Map<Stage, CheckAccess> checks) implements Rule {
    public static CheckTable of(Word word, Means means) {
        Word table = new Word(word.name(), word.name(), word.parameter());
        Map<Stage, CheckAccess> checks = new EnumMap<>(Stage.class);
        checks.put(Stage.CLIENT, CheckAccess.client(table, means));
        checks.put(Stage.HELO, CheckAccess.helo(table, means));
        checks.put(Stage.SENDER, CheckAccess.sender(table, means));
        checks.put(Stage.RECIPIENT, CheckAccess.recipient(table, means));
        checks.put(Stage.ETRN, CheckAccess.etrn(table, means));
        return new CheckTable(word.name(), checks);
    }

    @Override
    public Ruling ask(Question q) {
        CheckAccess check = checks.get(q.list());
        if (check == null) {
            q.warn(
                    "specify one of (check_client_access, check_reverse_client_hostname_access,"
                            + " check_helo_access, check_sender_access, check_recipient_access,"
                            + " check_etrn_access) before "
                            + q.list().what()
                            + " restriction \""
                            + name
                            + "\"");
            return Ruling.MISCONFIGURED;
        }
        return check.ask(q);
    }
}
