package org.postrider.config;

/// A `$name` form that breaks the grammar or nests too deep.
public final class MacroException extends ConfigException {
    private static final long serialVersionUID = 1;

    MacroException(String message) {
        super(message);
    }
}
