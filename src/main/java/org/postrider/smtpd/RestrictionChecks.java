package org.postrider.smtpd;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Honoured;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.config.Values;

/// What restriction lists hold that answers 451 to every client that comes to it.
public final class RestrictionChecks {
    private static final List<Param<List<String>>> LISTS =
            List.of(
                    SmtpdParams.CLIENT_RESTRICTIONS,
                    SmtpdParams.HELO_RESTRICTIONS,
                    SmtpdParams.SENDER_RESTRICTIONS,
                    SmtpdParams.RELAY_RESTRICTIONS,
                    SmtpdParams.RECIPIENT_RESTRICTIONS,
                    SmtpdParams.DATA_RESTRICTIONS,
                    SmtpdParams.END_OF_DATA_RESTRICTIONS,
                    SmtpdParams.ETRN_RESTRICTIONS);

    /// One such restriction.
    ///
    /// @param parameter the list or restriction class that it stands in
    /// @param notBuilt the name of a restriction of Postfix's that is not built; null for a fault
    ///   of the configuration
    /// @param text what is wrong, in Postfix's words where it has some
    public record Fault(String parameter, @Nullable String notBuilt, String text) {}

    private RestrictionChecks() {}

    /// Of all lists and classes of one service.
    public static List<Fault> of(Settings settings) {
        List<Fault> out = new ArrayList<>();
        Set<String> classes = new HashSet<>(settings.get(SmtpdParams.RESTRICTION_CLASSES));
        Map<String, List<String>> lists = new LinkedHashMap<>();
        for (Param<List<String>> list : LISTS) {
            lists.put(list.name(), settings.get(list));
        }
        for (String name : settings.get(SmtpdParams.RESTRICTION_CLASSES)) {
            try {
                String text = settings.text(name);
                lists.put(name, Values.words(text == null ? "" : text));
            } catch (ConfigException e) {
                out.add(new Fault(name, null, String.valueOf(e.getMessage())));
            }
        }
        lists.forEach((name, words) -> {
            for (Restrictions.Rule rule : Restrictions.parse(name, words, classes).rules()) {
                Fault fault = fault(rule);
                if (fault != null) {
                    out.add(fault);
                }
            }
        });
        return out;
    }

    private static @Nullable Fault fault(Restrictions.Rule rule) {
        if (rule.name().equals("class") || rule.name().equals("table")) {
            return null;
        }
        Honoured.Entry entry = Honoured.list().entry(Honoured.Kind.RESTRICTION, rule.name());
        if (entry == null) {
            return new Fault(
                    rule.parameter(), null, "unknown smtpd restriction: \"" + rule.name() + "\"");
        }
        if (!(entry.verdict() instanceof Honoured.Verdict.Honours)) {
            return new Fault(rule.parameter(), rule.name(), "not built");
        }
        if (rule.name().endsWith("_access") && rule.argument().indexOf(':') < 0) {
            return new Fault(rule.parameter(), null, Rules.badArgument(rule));
        }
        return null;
    }
}
