package org.postrider.command.submit;

import java.nio.file.Path;
import org.postrider.command.OctetPath;
import org.postrider.config.ConfigException;
import org.postrider.config.MainCf;

/// The few values that a submission needs of main.cf, read without the catalogue: `sendmail` is
/// started for every mail and touches few classes.
record SubmitSettings(MainCf main) {
    /// Names without their parameters, whose classes need not be loaded to see that neither is set.
    static final String SUBMITTERS = "authorized_submit_users";

    static final String SENDERS = "local_login_sender_maps";

    private static final int DEEPEST = 20;

    static SubmitSettings of(MainCf main) {
        return new SubmitSettings(main);
    }

    /// @throws ConfigException in Postfix's words
    static SubmitSettings read(Path directory) {
        SubmitSettings out = of(MainCf.read(directory.resolve("main.cf")));
        out.sizeLimit();
        return out;
    }

    Path queue() {
        return OctetPath.of(text("queue_directory", "/var/spool/postfix"));
    }

    /// Octets, 0 for none.
    long sizeLimit() {
        return longNumber("message_size_limit", 10_240_000);
    }

    boolean requireTls() {
        return text("requiretls_enable", "yes").equalsIgnoreCase("yes");
    }

    /// By default from compatibility level 1 on.
    boolean smtputf8() {
        if (sets("smtputf8_enable")) {
            return text("smtputf8_enable", "").equalsIgnoreCase("yes");
        }
        return !text("compatibility_level", "0").matches("0*(\\..*)?");
    }

    /// Two characters.
    String verpDelimiters() {
        return text("default_verp_delimiters", "+=");
    }

    /// Whether main.cf has a line for it.
    boolean sets(String name) {
        return main.entries().get(name) != null;
    }

    String text(String name, String otherwise) {
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

    int number(String name, int otherwise) {
        return (int) Math.min(Integer.MAX_VALUE, longNumber(name, otherwise));
    }

    private long longNumber(String name, long otherwise) {
        String text = text(name, Long.toString(otherwise));
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new ConfigException("bad numerical configuration: " + name + " = " + text);
        }
    }
}
