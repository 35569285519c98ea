package org.postrider.cleanup;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.dsn.Status;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Fold;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.rewrite.AddressMap;
import org.postrider.rewrite.RewriteService;

/// canonical_maps, masquerading and virtual_alias_maps. Tables that are not configured cost
/// nothing.
final class AddressMapping {
    /// What an address is, as the `…_classes` parameters name it.
    enum Use {
        ENVELOPE_SENDER("envelope_sender", true),
        ENVELOPE_RECIPIENT("envelope_recipient", false),
        HEADER_SENDER("header_sender", true),
        HEADER_RECIPIENT("header_recipient", false);

        private final String name;
        private final boolean sender;

        Use(String name, boolean sender) {
            this.name = name;
            this.sender = sender;
        }
    }

    private static final int SHOWN = 300;
    private static final int NESTING = 10;
    private static final Status ALIAS_TROUBLE = new Status(4, 6, 0);
    private static final String ALIAS_TEXT = "Alias expansion error";

    private final RewriteService rewrite;
    private final List<Stage> stages = new ArrayList<>();
    private final Stage aliases;
    private final List<String> masquerade;
    private final Set<String> masqueradeExceptions = new HashSet<>();
    private final List<String> masqueradeClasses;
    private final int expansionLimit;
    private final int recursionLimit;
    private final int lengthLimit;

    /// One of the canonical tables, or the aliases.
    private record Stage(String parameter, AddressMap map, List<String> classes) {}

    AddressMapping(Settings settings, Tables tables, RewriteService rewrite) {
        this.rewrite = rewrite;
        String delimiters = settings.get(CleanupParams.RECIPIENT_DELIMITER);
        List<String> propagate = settings.get(CleanupParams.PROPAGATE_UNMATCHED_EXTENSIONS);
        boolean extend = propagate.contains("canonical");
        stage(
                "sender_canonical_maps",
                settings.get(CleanupParams.SENDER_CANONICAL_MAPS),
                settings.get(CleanupParams.SENDER_CANONICAL_CLASSES),
                tables,
                delimiters,
                extend);
        stage(
                "recipient_canonical_maps",
                settings.get(CleanupParams.RECIPIENT_CANONICAL_MAPS),
                settings.get(CleanupParams.RECIPIENT_CANONICAL_CLASSES),
                tables,
                delimiters,
                extend);
        stage(
                "canonical_maps",
                settings.get(CleanupParams.CANONICAL_MAPS),
                settings.get(CleanupParams.CANONICAL_CLASSES),
                tables,
                delimiters,
                extend);
        aliases =
                new Stage(
                        CleanupParams.VIRTUAL_ALIAS_MAPS.name(),
                        new AddressMap(
                                new AddressMaps(
                                        CleanupParams.VIRTUAL_ALIAS_MAPS.name(),
                                        settings.get(CleanupParams.VIRTUAL_ALIAS_MAPS),
                                        tables,
                                        delimiters),
                                rewrite,
                                propagate.contains("virtual")),
                        List.of());
        masquerade = settings.get(CleanupParams.MASQUERADE_DOMAINS);
        masqueradeClasses = settings.get(CleanupParams.MASQUERADE_CLASSES);
        for (String name : settings.get(CleanupParams.MASQUERADE_EXCEPTIONS)) {
            masqueradeExceptions.add(Fold.lower(name));
        }
        expansionLimit = settings.get(CleanupParams.VIRTUAL_ALIAS_EXPANSION_LIMIT);
        recursionLimit = settings.get(CleanupParams.VIRTUAL_ALIAS_RECURSION_LIMIT);
        lengthLimit = settings.get(CleanupParams.VIRTUAL_ALIAS_ADDRESS_LENGTH_LIMIT);
    }

    private void stage(
            String parameter,
            List<String> words,
            List<String> classes,
            Tables tables,
            String delimiters,
            boolean propagate) {
        if (!words.isEmpty()) {
            stages.add(
                    new Stage(
                            parameter,
                            new AddressMap(
                                    new AddressMaps(parameter, words, tables, delimiters),
                                    rewrite,
                                    propagate),
                            classes));
        }
    }

    /// Whether [#map] can change anything.
    boolean active() {
        return !stages.isEmpty() || !masquerade.isEmpty();
    }

    boolean hasAliases() {
        return !aliases.map().isEmpty();
    }

    /// Canonical mapping, then masquerading.
    String map(Run run, String address, Use use) {
        String out = address;
        for (Stage stage : stages) {
            boolean side =
                    stage.parameter().startsWith("sender_")
                            ? use.sender
                            : !stage.parameter().startsWith("recipient_") || !use.sender;
            if (side && stage.classes().contains(use.name)) {
                out = canonical(run, stage, out);
            }
        }
        return masqueradeClasses.contains(use.name) ? masqueraded(out) : out;
    }

    private String canonical(Run run, Stage stage, String address) {
        String now = address;
        for (int i = 0; i < NESTING; i++) {
            List<String> found = lookup(run, stage, now, now);
            if (found == null || found.isEmpty()) {
                return now;
            }
            if (found.size() > 1) {
                run.warn("multi-valued " + stage.parameter() + " entry for " + now);
            }
            String next = found.getFirst();
            if (Fold.same(next, now)) {
                return next;
            }
            now = next;
        }
        run.warn(
                "unreasonable "
                        + stage.parameter()
                        + " map nesting for "
                        + address
                        + " -- message not accepted, try again later");
        // As in Postfix it is accepted all the same: where it goes is known.
        return now;
    }

    /// @param about the address that the whole is about, for the log
    private static @Nullable List<String> lookup(
            Run run, Stage stage, String address, String about) {
        try {
            return stage.map().map(address);
        } catch (TableException e) {
            throw run.refused(e, stage.parameter() + " map lookup problem for " + about);
        }
    }

    private String masqueraded(String address) {
        int at = address.lastIndexOf('@');
        if (masquerade.isEmpty()
                || at < 0
                || masqueradeExceptions.contains(Fold.lower(address.substring(0, at)))) {
            return address;
        }
        String domain = address.substring(at + 1);
        for (String word : masquerade) {
            int not = 0;
            while (not < word.length() && word.charAt(not) == '!') {
                not++;
            }
            String parent = word.substring(not);
            int rest = domain.length() - parent.length();
            if (parent.isEmpty() || !domain.regionMatches(true, rest, parent, 0, parent.length())) {
                continue;
            }
            if (rest == 0) {
                return address;
            }
            if (domain.charAt(rest - 1) == '.') {
                return not % 2 == 1 ? address : address.substring(0, at + 1) + parent;
            }
        }
        return address;
    }

    /// What virtual_alias_maps make of a recipient: itself where they do not know it.
    List<String> expand(Run run, String recipient) {
        List<String> out = new ArrayList<>();
        out.add(recipient);
        Set<String> itself = new HashSet<>();
        for (int i = 0; i < out.size(); i++) {
            for (int depth = 0; !itself.contains(Fold.lower(out.get(i))); depth++) {
                String now = out.get(i);
                if (depth >= recursionLimit) {
                    return unreasonable(run, recipient, "map nesting for " + recipient);
                }
                List<String> found = lookup(run, aliases, now, recipient);
                if (found == null || found.isEmpty()) {
                    break;
                }
                for (String one : found) {
                    if (one.length() > lengthLimit) {
                        return unreasonable(run, recipient, "result " + beginning(one) + "...");
                    }
                    if (Fold.same(one, now)) {
                        itself.add(Fold.lower(now));
                    }
                }
                out.set(i, found.getFirst());
                out.addAll(found.subList(1, found.size()));
                if (out.size() > expansionLimit) {
                    return unreasonable(run, recipient, "map expansion size for " + recipient);
                }
            }
        }
        return out;
    }

    private static String beginning(String address) {
        return address.substring(0, Math.min(SHOWN, address.length()));
    }

    private static List<String> unreasonable(Run run, String recipient, String what) {
        run.warn(
                "unreasonable virtual_alias_maps "
                        + what
                        + " -- message not accepted, try again later");
        run.fail(Problem.DEFER, ALIAS_TROUBLE, ALIAS_TEXT);
        return List.of(recipient);
    }
}
