package org.postrider.command.submit;

import java.nio.file.Path;
import org.postrider.command.OctetPath;
import org.postrider.config.ConfigException;
import org.postrider.config.MainCf;

/// The few values that a submission needs of main.cf, read without the catalogue: `sendmail` is
/// started for every mail and touches few classes.
///
/// @param sizeLimit octets, 0 for none
/// @param verpDelimiters two characters
/// @param anyone may submit: authorized_submit_users is not set
record SubmitSettings(Path queueDirectory, long sizeLimit, String verpDelimiters, boolean anyone) {
    private static final int DEEPEST = 20;

    /// @throws ConfigException in Postfix's words
    static SubmitSettings read(Path directory) {
        MainCf main = MainCf.read(directory.resolve("main.cf"));
        return new SubmitSettings(
                OctetPath.of(value(main, "queue_directory", "/var/spool/postfix")),
                limit(value(main, "message_size_limit", "10240000")),
                value(main, "default_verp_delimiters", "+="),
                main.entries().get("authorized_submit_users") == null);
    }

    private static String value(MainCf main, String name, String otherwise) {
        MainCf.Entry entry = main.entries().get(name);
        String value = entry == null ? otherwise : entry.value();
        for (int depth = 0; depth < DEEPEST && value.indexOf('$') >= 0; depth++) {
            value = expanded(main, value);
        }
        return value;
    }

    /// Replaces the first `$name`, `${name}` or `$(name)`; all that these values ever hold.
    private static String expanded(MainCf main, String value) {
        int dollar = value.indexOf('$');
        int from = dollar + 1;
        boolean braces =
                from < value.length() && (value.charAt(from) == '{' || value.charAt(from) == '(');
        from += braces ? 1 : 0;
        int end = from;
        while (end < value.length()
                && (Character.isLetterOrDigit(value.charAt(end)) || value.charAt(end) == '_')) {
            end++;
        }
        MainCf.Entry entry = main.entries().get(value.substring(from, end));
        if (entry == null) {
            throw new ConfigException("cannot expand " + value);
        }
        return value.substring(0, dollar)
                + entry.value()
                + value.substring(Math.min(value.length(), end + (braces ? 1 : 0)));
    }

    private static long limit(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new ConfigException("bad numerical configuration: message_size_limit = " + text);
        }
    }
}
