package org.postrider.command.page;

import java.util.List;
import java.util.Map;
import org.postrider.sasl.Credentials;

/// What is to be sent, and how: the fields of the form.
record TestMessage(Way way, Login login, Mail mail) {
    private static final int LONGEST = 320;
    private static final int LAST_PORT = 65_535;

    /// When TLS begins.
    enum Tls {
        NONE,
        IF_OFFERED,
        STARTTLS,
        IMPLICIT
    }

    /// @param verified the server's certificate has to be trusted, and to be of this host
    record Way(String host, int port, Tls tls, boolean verified, String helo) {}

    /// @param mechanism empty for the best of those that are offered
    record Login(Credentials who, String mechanism) {
        boolean wanted() {
            return !who.user().isEmpty();
        }
    }

    /// @param text Unicode, as the other fields
    record Mail(String from, List<String> to, String subject, String text) {
        Mail {
            to = List.copyOf(to);
        }
    }

    /// A field that cannot be used; the message is for who filled it in.
    static final class BadField extends Exception {
        private static final long serialVersionUID = 1;

        BadField(String message) {
            super(message, null, false, false);
        }
    }

    /// @throws BadField with a sentence
    static TestMessage of(Map<String, String> form) throws BadField {
        Way way =
                new Way(
                        word("host", form),
                        port(form.getOrDefault("port", "")),
                        tls(form.getOrDefault("tls", "")),
                        form.containsKey("verify"),
                        word("helo", form));
        Login login =
                new Login(
                        new Credentials(
                                octets(line("user", form)), octets(line("password", form)), false),
                        line("mechanism", form));
        List<String> to = List.of(line("to", form).strip().split("[ ,]+"));
        for (String each : to) {
            address("to", each);
        }
        String from = line("from", form).strip();
        if (!from.isEmpty()) {
            address("from", from);
        }
        return new TestMessage(
                way,
                login,
                new Mail(from, to, line("subject", form), form.getOrDefault("text", "")));
    }

    /// UTF-8, an octet a char, as the wire has it.
    static String octets(String text) {
        return new String(
                text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static Tls tls(String word) throws BadField {
        return switch (word) {
            case "none" -> Tls.NONE;
            case "may" -> Tls.IF_OFFERED;
            case "starttls" -> Tls.STARTTLS;
            case "implicit" -> Tls.IMPLICIT;
            default -> throw new BadField("tls is none, may, starttls or implicit");
        };
    }

    private static int port(String text) throws BadField {
        try {
            int port = Integer.parseInt(text.strip());
            if (port > 0 && port <= LAST_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new BadField("port is a number from 1 to 65535");
    }

    /// One line of a field: what would end a command of the dialogue is refused.
    private static String line(String name, Map<String, String> form) throws BadField {
        String text = form.getOrDefault(name, "");
        if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw new BadField(name + " is one line");
        }
        return text;
    }

    private static String word(String name, Map<String, String> form) throws BadField {
        String text = line(name, form).strip();
        if (text.isEmpty() || text.length() > LONGEST || text.indexOf(' ') >= 0) {
            throw new BadField(name + " is a name without blanks");
        }
        return text;
    }

    private static void address(String name, String text) throws BadField {
        if (text.isEmpty() || text.length() > LONGEST || text.matches(".*[<> ].*")) {
            throw new BadField(name + " is an address, user@domain");
        }
    }
}
