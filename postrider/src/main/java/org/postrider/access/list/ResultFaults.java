package org.postrider.access.list;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.RestrictionChecks.Named;
import org.postrider.access.RestrictionChecks.Socket;
import org.postrider.access.listed.ListReplies;
import org.postrider.access.policy.CheckPolicyService;
import org.postrider.access.restriction.Word;
import org.postrider.access.table.AccessResult;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.message.Headers;

/// Finds what is wrong with what tables and settings would have done: nothing is opened or asked.
public final class ResultFaults {
    private static final String DEFAULT = "smtpd_policy_service_default_action";

    private ResultFaults() {}

    public static List<Named> tables(Settings settings) {
        List<Named> out = new ArrayList<>();
        for (Word word : Faults.words(settings)) {
            boolean bare = word.name().indexOf(':') > 0;
            boolean access = word.name().matches("check_\\w+_access|check_address_map");
            String table = bare ? word.name() : access ? word.argument() : "";
            if (table.indexOf(':') > 0) {
                out.add(new Named(word.parameter(), bare ? "" : word.name(), table));
            }
        }
        return out;
    }

    public static List<Socket> sockets(Settings settings, boolean chrooted) {
        List<Socket> out = new ArrayList<>();
        for (Word word : Faults.words(settings)) {
            var path = CheckPolicyService.socket(word, settings, chrooted);
            if (path != null) {
                out.add(
                        new Socket(
                                new Named(word.parameter(), word.name(), word.argument()), path));
            }
        }
        return out;
    }

    public static @Nullable String template(String template, Settings settings) {
        return ListReplies.fault(template, settings);
    }

    public static List<String> texts(Settings settings) {
        List<String> out = new ArrayList<>();
        add(
                AccessParams.DEFAULT_RBL_REPLY.name(),
                template(settings.get(AccessParams.DEFAULT_RBL_REPLY), settings),
                out);
        String action = settings.get(AccessParams.POLICY_DEFAULT_ACTION);
        add(DEFAULT, of(action, settings), out);
        for (Word word : Faults.words(settings)) {
            String own = CheckPolicyService.defaultAction(word, settings);
            if (own != null && !own.equals(action)) {
                String fault = of(own, settings);
                add(
                        word.parameter(),
                        fault == null ? null : word.name() + " " + word.argument() + ": " + fault,
                        out);
            }
        }
        return out;
    }

    private static void add(String parameter, @Nullable String fault, List<String> out) {
        if (fault != null) {
            out.add(parameter + ": " + fault);
        }
    }

    /// The same of a table.
    ///
    /// @param parameter the list or class that it stands in
    public static @Nullable String of(String result, String parameter, Settings settings) {
        String fault = of(result, settings);
        return fault != null
                ? fault
                : AccessResult.parse(result.strip(), new AccessResult.Codes(554, 450))
                                instanceof AccessResult.Restrictions r
                        ? Faults.early(Values.words(r.list()), parameter, settings)
                        : null;
    }

    public static @Nullable String of(String result, Settings settings) {
        AccessResult read = AccessResult.parse(result.strip(), new AccessResult.Codes(554, 450));
        return switch (read) {
            case AccessResult.Filter f ->
                    without(f.destination().indexOf(':') >= 0, result, "transport:destination");
            case AccessResult.Redirect r ->
                    without(r.address().indexOf('@') >= 0, result, "user@domain target");
            case AccessResult.Bcc b ->
                    without(b.address().indexOf('@') >= 0, result, "user@domain target");
            case AccessResult.Prepend p ->
                    without(Headers.begins(p.header()), result, "header: text");
            case AccessResult.Ok o ->
                    o.value().matches("[45][0-9]{2}")
                            ? "result \""
                                    + o.value()
                                    + "\" accepts, as every number alone does; a code that refuses"
                                    + " is followed by a text"
                            : null;
            case AccessResult.Restrictions r -> restrictions(r.list(), settings);
            default -> null;
        };
    }

    private static @Nullable String without(boolean there, String result, String wanted) {
        return there
                ? null
                : "result \"" + result.strip() + "\" requires " + wanted + "; it does nothing";
    }

    private static @Nullable String restrictions(String list, Settings settings) {
        if (list.indexOf(':') >= 0) {
            return "result \""
                    + list
                    + "\" has a lookup table; define a restriction class and"
                    + " specify its name instead";
        }
        Set<String> classes = Parser.classNames(settings);
        for (Word word : Parser.words("", Values.words(list), classes)) {
            String fault = classes.contains(word.name()) ? null : Catalogue.fault(word, settings);
            if (fault != null) {
                return fault;
            }
            String idle = Catalogue.idle(word, settings);
            if (idle != null) {
                return idle + "; it decides nothing";
            }
        }
        return list.isBlank() ? "an empty result; it does nothing" : null;
    }
}
