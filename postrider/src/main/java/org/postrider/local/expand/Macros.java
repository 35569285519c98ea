package org.postrider.local.expand;

import org.jspecify.annotations.Nullable;
import org.postrider.config.Expansion;
import org.postrider.config.MacroException;
import org.postrider.rights.Account;

/// Expands `$user`, `$home`, `$extension` and their like in forward_path, luser_relay and
/// command_execution_directory. What a name stands for is put in as it is: a `$` in it means
/// nothing.
public final class Macros {
    private final Way way;
    private final String delimiters;
    private final @Nullable String filter;
    private boolean undefined;
    private boolean extension;

    private Macros(Way way, String delimiters, @Nullable String filter) {
        this.way = way;
        this.delimiters = delimiters;
        this.filter = filter;
    }

    /// @param text null where the pattern has no such syntax
    /// @param undefined a name stood for nothing
    /// @param extension the address's extension is in it
    public record Result(@Nullable String text, boolean undefined, boolean extension) {}

    /// @param delimiters recipient_delimiter
    /// @param filter every other character of a value becomes `_`; null for none
    public static Result expand(
            String pattern, Way way, String delimiters, @Nullable String filter) {
        Macros macros = new Macros(way, delimiters, filter);
        try {
            String text = new Expansion(macros.names()).expand(pattern);
            return new Result(text, macros.undefined, macros.extension);
        } catch (MacroException e) {
            return new Result(null, macros.undefined, macros.extension);
        }
    }

    private Expansion.Names names() {
        return new Expansion.Names() {
            @Override
            public @Nullable String unexpanded(String name) {
                String value = value(name);
                undefined |= value == null;
                extension |= name.equals("extension");
                return value == null ? null : filtered(value, filter).replace("$", "$$");
            }

            @Override
            public @Nullable String tested(String name) {
                return value(name);
            }
        };
    }

    private @Nullable String value(String name) {
        Name whom = way.name();
        Account as = way.as();
        return switch (name) {
            case "user" -> whom.user();
            case "home" -> as == null ? null : as.home();
            case "shell" -> as == null ? null : as.shell();
            case "domain" -> whom.domain();
            case "local", "mailbox" -> whom.local();
            case "recipient" -> way.to().address().text();
            case "extension" -> whom.extension();
            case "recipient_delimiter" -> delimiter(whom);
            default -> null;
        };
    }

    private @Nullable String delimiter(Name whom) {
        String own = whom.delimiter();
        return own != null ? own : delimiters.isEmpty() ? null : delimiters.substring(0, 1);
    }

    /// Every character that the filter does not have becomes `_`.
    ///
    /// @param filter null for none
    public static String filtered(String value, @Nullable String filter) {
        if (filter == null) {
            return value;
        }
        StringBuilder out = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            out.append(filter.indexOf(c) >= 0 ? c : '_');
        }
        return out.toString();
    }
}
