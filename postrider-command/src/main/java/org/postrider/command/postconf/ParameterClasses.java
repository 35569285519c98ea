package org.postrider.command.postconf;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.config.Catalogue;
import org.postrider.config.ParameterNames;
import org.postrider.config.ServiceSettings;
import org.postrider.maps.Fold;

/// The parameters of `postconf -C`: `builtin`, `service`, `user`, `all`, and `own`, which Postfix
/// does not have.
final class ParameterClasses {
    private static final Pattern KNOWN = Pattern.compile("builtin|service|user|own|all");

    private ParameterClasses() {}

    static Set<String> of(
            String classes, ServiceSettings settings, ParameterNames names, boolean ours) {
        return of(classes, settings, names.ofServices(), names.ofUser(), ours, null);
    }

    /// @throws CommandException for a class that there is not
    static void check(String classes) {
        for (String word : words(classes)) {
            if (!KNOWN.matcher(Fold.lower(word)).matches()) {
                throw new CommandException(
                        1, "unknown -C option value \"" + word + "\" in \"" + classes + "\"");
            }
        }
    }

    private static String[] words(String classes) {
        String list = classes.replaceFirst("^[, \\t\\r\\n]+", "");
        return list.isEmpty() ? new String[0] : list.split("[, \\t\\r\\n]+", -1);
    }

    /// @param ours whether those of `own` that are set are listed among the built-in ones
    /// @param only of the built-in ones those alone, so that the others are not read; null for all
    /// @throws CommandException for a class that there is not
    static Set<String> of(
            String classes,
            ServiceSettings settings,
            Map<String, String> ofServices,
            Set<String> ofUser,
            boolean ours,
            @Nullable Set<String> only) {
        Set<String> all = new TreeSet<>();
        for (String word : classes.split("[, \\t\\r\\n]+", -1)) {
            String each = Fold.lower(word);
            if (word.isEmpty()) {
                continue;
            }
            if (!KNOWN.matcher(each).matches()) {
                throw new CommandException(
                        1, "unknown -C option value \"" + word + "\" in \"" + classes + "\"");
            }
            boolean every = each.equals("all");
            if (every || each.equals("builtin")) {
                builtIn(settings, ours, only, all);
            }
            if (every || each.equals("service")) {
                all.addAll(ofServices.keySet());
            }
            if (every || each.equals("user")) {
                all.addAll(ofUser);
            }
            if (each.equals("own")) {
                // Of a class that Postfix does not have: its listings stay what they are there.
                settings.catalogue().ours().forEach(known -> all.add(known.name()));
            }
        }
        return all;
    }

    private static void builtIn(
            ServiceSettings settings, boolean ours, @Nullable Set<String> only, Set<String> all) {
        Catalogue catalogue = settings.catalogue();
        if (only == null) {
            catalogue.all().forEach(known -> all.add(known.name()));
        } else {
            for (String name : only) {
                if (catalogue.known(name) != null) {
                    all.add(name);
                }
            }
        }
        if (ours) {
            for (Catalogue.Known known : catalogue.ours()) {
                if (settings.place(known.name()) != null) {
                    all.add(known.name());
                }
            }
        }
    }
}
