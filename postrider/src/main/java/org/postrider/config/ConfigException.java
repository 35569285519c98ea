package org.postrider.config;

/// A fault in main.cf, master.cf or a setting: the message names file and line if known, and reads
/// like Postfix's own (`bad numerical configuration: default_process_limit = x`).
public class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ConfigException(String message) {
        super(message);
    }
}
