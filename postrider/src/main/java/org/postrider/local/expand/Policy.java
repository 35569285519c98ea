package org.postrider.local.expand;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.postrider.cleanup.CleanupParams;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.local.LocalParams;
import org.postrider.maps.Fold;

/// How addresses are expanded: the settings of one `local` service. Immutable.
public final class Policy {
    public final String service;
    public final String delimiters;
    public final boolean ownerSpecial;
    public final boolean expandOwner;
    public final boolean resetOwner;
    public final boolean frozenDelivered;
    public final int duplicates;
    public final int lineLimit;
    public final Set<Way.By> commands;
    public final Set<Way.By> files;

    /// After what kinds of look-up an unmatched extension is passed on.
    public final Set<Way.By> propagate;

    public final List<String> forwardPath;
    public final String forwardFilter;
    public final String luserRelay;
    public final boolean homeWanted;

    /// @param service the name of the line of master.cf: addresses that are routed to it are local
    public Policy(Settings settings, String service) {
        this.service = service;
        delimiters = settings.get(CleanupParams.RECIPIENT_DELIMITER);
        ownerSpecial = settings.get(LocalParams.OWNER_REQUEST_SPECIAL);
        expandOwner = settings.get(LocalParams.EXPAND_OWNER_ALIAS);
        resetOwner = settings.get(LocalParams.RESET_OWNER_ALIAS);
        frozenDelivered = settings.get(LocalParams.FROZEN_DELIVERED_TO);
        duplicates = settings.get(CleanupParams.DUPLICATE_FILTER_LIMIT);
        lineLimit = Integer.parseInt(String.valueOf(settings.text("line_length_limit")));
        commands = kinds(settings, LocalParams.ALLOW_MAIL_TO_COMMANDS);
        files = kinds(settings, LocalParams.ALLOW_MAIL_TO_FILES);
        propagate = EnumSet.noneOf(Way.By.class);
        for (String word : settings.get(CleanupParams.PROPAGATE_UNMATCHED_EXTENSIONS)) {
            switch (Fold.lower(word)) {
                case "alias" -> propagate.add(Way.By.ALIAS);
                case "forward" -> propagate.add(Way.By.FORWARD);
                case "include" -> propagate.add(Way.By.INCLUDE);
                default -> {
                    // canonical, virtual, generic: cleanup's and the client's
                }
            }
        }
        forwardPath =
                Arrays.stream(settings.get(LocalParams.FORWARD_PATH).split("[, \\t\\r\\n]+", -1))
                        .filter(word -> !word.isEmpty())
                        .toList();
        forwardFilter = settings.get(LocalParams.FORWARD_EXPANSION_FILTER);
        luserRelay = settings.get(LocalParams.LUSER_RELAY);
        homeWanted = settings.get(LocalParams.REQUIRE_HOME_DIRECTORY);
    }

    private static Set<Way.By> kinds(Settings settings, Param<List<String>> param) {
        Set<Way.By> out = EnumSet.noneOf(Way.By.class);
        for (String word : settings.get(param)) {
            out.add(
                    switch (Fold.lower(word)) {
                        case "alias" -> Way.By.ALIAS;
                        case "forward" -> Way.By.FORWARD;
                        case "include" -> Way.By.INCLUDE;
                        default ->
                                throw new ConfigException(
                                        "unknown "
                                                + param.name()
                                                + " value \""
                                                + word
                                                + "\" in \""
                                                + settings.text(param.name())
                                                + "\"");
                    });
        }
        return out;
    }
}
