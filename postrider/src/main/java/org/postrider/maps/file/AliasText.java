package org.postrider.maps.file;

import java.util.List;
import java.util.function.Consumer;
import org.postrider.address.Tokens;
import org.postrider.maps.SourceText.Entry;

/// The text that `postalias` reads: `name: value` lines (aliases(5)). Names and values are written
/// as mail has them: a name that needs quotes keeps them (Postfix 3.12), white space between words
/// is one space, and none stands beside an operator but the comma.
public final class AliasText {
    private AliasText() {}

    /// @param name of the file, for warnings
    /// @param entries gets each in file order
    public static void read(
            String name, String text, Consumer<String> warnings, Consumer<Entry> entries) {
        for (LogicalLines.Line line : LogicalLines.of(name, text, warnings)) {
            String where = name + ", line " + line.number() + ": ";
            List<Tokens.Token> tokens = Tokens.scanAlias(line.text());
            int colon = find(tokens, ':');
            int comma = find(tokens, ',');
            boolean key = colon > 0 && (comma < 0 || comma > colon);
            if (!key || colon == tokens.size() - 1) {
                warnings.accept(where + "need name:value pair");
                continue;
            }
            List<Tokens.Token> before = tokens.subList(0, colon);
            if (find(before, '@') >= 0 || find(before, '%') >= 0) {
                warnings.accept(where + "name must be local and have no domain");
                continue;
            }
            String value = Tokens.external(tokens.subList(colon + 1, tokens.size()));
            entries.accept(new Entry(Tokens.external(before), value, line.number()));
        }
    }

    private static int find(List<Tokens.Token> tokens, char kind) {
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.get(i).kind() == kind) {
                return i;
            }
        }
        return -1;
    }
}
