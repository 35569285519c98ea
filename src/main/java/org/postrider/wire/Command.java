package org.postrider.wire;

import java.util.Locale;

/// An SMTP command line, parted into verb and argument text.
public sealed interface Command {
    /// What stands behind the verb, stripped.
    String arguments();

    record Helo(String arguments) implements Command {}

    record Ehlo(String arguments) implements Command {}

    record Mail(String arguments) implements Command {}

    record Rcpt(String arguments) implements Command {}

    record Data(String arguments) implements Command {}

    record Bdat(String arguments) implements Command {}

    record Rset(String arguments) implements Command {}

    record Noop(String arguments) implements Command {}

    record Vrfy(String arguments) implements Command {}

    record Etrn(String arguments) implements Command {}

    record Quit(String arguments) implements Command {}

    record StartTls(String arguments) implements Command {}

    record Auth(String arguments) implements Command {}

    record Xclient(String arguments) implements Command {}

    record Xforward(String arguments) implements Command {}

    record Unknown(String verb, String arguments) implements Command {}

    /// Never fails: what is no command is [Unknown].
    static Command parse(String line) {
        int start = 0;
        while (start < line.length() && blank(line.charAt(start))) {
            start++;
        }
        int end = start;
        while (end < line.length() && !blank(line.charAt(end))) {
            end++;
        }
        String verb = line.substring(start, end).toUpperCase(Locale.ROOT);
        String rest = line.substring(end).strip();
        return switch (verb) {
            case "HELO" -> new Helo(rest);
            case "EHLO" -> new Ehlo(rest);
            case "MAIL" -> new Mail(rest);
            case "RCPT" -> new Rcpt(rest);
            case "DATA" -> new Data(rest);
            case "BDAT" -> new Bdat(rest);
            case "RSET" -> new Rset(rest);
            case "NOOP" -> new Noop(rest);
            case "VRFY" -> new Vrfy(rest);
            case "ETRN" -> new Etrn(rest);
            case "QUIT" -> new Quit(rest);
            case "STARTTLS" -> new StartTls(rest);
            case "AUTH" -> new Auth(rest);
            case "XCLIENT" -> new Xclient(rest);
            case "XFORWARD" -> new Xforward(rest);
            default -> new Unknown(line.substring(start, end), rest);
        };
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }
}
