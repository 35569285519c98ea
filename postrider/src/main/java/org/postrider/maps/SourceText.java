package org.postrider.maps;

import java.util.function.Consumer;
import org.postrider.maps.file.AliasText;
import org.postrider.maps.file.KeyValueText;

/// The text that `postmap` and `postalias` make an index of.
public final class SourceText {
    /// How a warning of a line ends that is passed over in a texthash.
    private static final String IGNORED = " -- ignoring this line";

    private SourceText() {}

    /// @param line where it begins, from 1
    public record Entry(String key, String value, int line) {}

    /// `key value` lines (postmap(1)).
    ///
    /// @param name of the file, for warnings
    /// @param entries gets each in file order
    public static void pairs(
            String name, String text, Consumer<String> warnings, Consumer<Entry> entries) {
        KeyValueText.read(name, text, "", warnings, entries);
    }

    /// The same of a table of the type texthash, whose warnings say a little more.
    public static void texthash(
            String name, String text, Consumer<String> warnings, Consumer<Entry> entries) {
        KeyValueText.read(name, text, IGNORED, warnings, entries);
    }

    /// `name: value` lines (aliases(5)).
    ///
    /// @param name of the file, for warnings
    /// @param entries gets each in file order
    public static void aliases(
            String name, String text, Consumer<String> warnings, Consumer<Entry> entries) {
        AliasText.read(name, text, warnings, entries);
    }
}
