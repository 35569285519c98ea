package org.postrider.postscreen;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.Fold;
import org.postrider.maps.Lists;
import org.postrider.maps.Network;
import org.postrider.maps.NetworkList;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// postscreen_access_list: words and tables by client address, the first that says something
/// counts. Trouble is no permission: the tests are made. Immutable; any thread.
final class AccessList {
    /// What it says of a client.
    enum Verdict {
        PERMIT,
        REJECT,
        DUNNO
    }

    private static final Set<String> WORDS =
            Set.of("permit_mynetworks", "permit", "reject", "dunno");
    private static final String UNKNOWN = "unknown command: ";
    private static final String REST = " -- ignoring the remainder of this access list";

    private final List<String> words;
    private final NetworkList networks;
    private final Tables tables;
    private final Consumer<String> warnings;

    AccessList(Settings settings, Tables tables, Consumer<String> warnings) {
        words = settings.get(PostscreenParams.ACCESS_LIST);
        networks =
                new NetworkList(
                        "mynetworks",
                        Values.words(String.valueOf(settings.text("mynetworks"))),
                        tables,
                        false);
        this.tables = tables;
        this.warnings = warnings;
    }

    /// Words that end the list where they stand, for the administrator.
    static List<String> problems(Settings settings) {
        String name = PostscreenParams.ACCESS_LIST.name();
        return settings.get(PostscreenParams.ACCESS_LIST).stream()
                .filter(w -> !Lists.isTable(w) && !WORDS.contains(Fold.lower(w)))
                .map(w -> name + ": " + UNKNOWN + w + REST)
                .toList();
    }

    /// What is wrong with a table's result, and ends its list; null for nothing.
    static @Nullable String fault(String result) {
        for (String word : Values.words(result)) {
            if (Lists.isTable(word)) {
                return "nested table " + word + REST;
            }
            if (!WORDS.contains(Fold.lower(word))) {
                return UNKNOWN + word + REST;
            }
        }
        return null;
    }

    Verdict ask(InetAddress client) {
        Verdict said = ask(words, client, PostscreenParams.ACCESS_LIST.name(), false);
        return said == null ? Verdict.DUNNO : said;
    }

    /// Null for what says nothing; dunno ends a list too, and within a table that list alone.
    ///
    /// @param where the list stands, for the log
    private @Nullable Verdict ask(
            List<String> list, InetAddress client, String where, boolean within) {
        for (String word : list) {
            try {
                Verdict said = one(word, client, where, within);
                if (said != null) {
                    return said;
                }
            } catch (TableException e) {
                e.warnings().forEach(warnings);
                return ignored(where, word + ": table lookup error");
            }
        }
        return null;
    }

    private @Nullable Verdict one(String word, InetAddress client, String where, boolean within) {
        if (Lists.isTable(word)) {
            if (within) {
                return ignored(where, "nested table " + word);
            }
            String found = tables.open(word).lookup(Network.text(client));
            Verdict said = found == null ? null : ask(Values.words(found), client, word, true);
            return said == Verdict.DUNNO ? null : said;
        }
        return switch (Fold.lower(word)) {
            case "permit_mynetworks" ->
                    networks.contains("unknown", client) ? Verdict.PERMIT : null;
            case "permit" -> Verdict.PERMIT;
            case "reject" -> Verdict.REJECT;
            case "dunno" -> Verdict.DUNNO;
            default -> ignored(where, UNKNOWN + word);
        };
    }

    private Verdict ignored(String where, String what) {
        warnings.accept(where + ": " + what + REST);
        return Verdict.DUNNO;
    }
}
