package org.postrider.peer;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Network;
import org.postrider.wire.Reply;
import org.postrider.wire.Words;

/// The `NAME=value` pairs of XCLIENT and XFORWARD (XCLIENT_README, XFORWARD_README). Immutable.
///
/// @param values by name in capitals, xtext decoded; null for `[UNAVAILABLE]` and `[TEMPUNAVAIL]`
/// @param temporary the names that were `[TEMPUNAVAIL]`
public record ClientAttributes(Map<String, @Nullable String> values, Set<String> temporary) {
    /// In the order in which EHLO offers them.
    public static final List<String> XCLIENT =
            List.of(
                    "NAME",
                    "ADDR",
                    "PROTO",
                    "HELO",
                    "REVERSE_NAME",
                    "PORT",
                    "LOGIN",
                    "DESTADDR",
                    "DESTPORT");

    public static final List<String> XFORWARD =
            List.of("NAME", "ADDR", "PROTO", "HELO", "SOURCE", "PORT", "IDENT");

    private static final int LONGEST = 255;

    /// What came of reading them.
    public sealed interface Read {
        record Good(ClientAttributes attributes) implements Read {}

        record Bad(Reply reply) implements Read {}
    }

    /// @param command XCLIENT or XFORWARD
    /// @param ipv6 whether IPv6 addresses are spoken here (inet_protocols)
    public static Read read(String command, String arguments, boolean ipv6) {
        boolean xclient = command.equals("XCLIENT");
        Map<String, @Nullable String> values = new TreeMap<>();
        Set<String> temporary = new HashSet<>();
        for (String word : Words.of(arguments)) {
            int equals = word.indexOf('=');
            if (equals < 0 || equals == word.length() - 1) {
                return bad("Error: attribute=value expected");
            }
            String name = word.substring(0, equals).toUpperCase(Locale.ROOT);
            if (!(xclient ? XCLIENT : XFORWARD).contains(name)) {
                return bad("Bad " + command + " attribute name: " + word.substring(0, equals));
            }
            String raw = word.substring(equals + 1);
            if (raw.length() > LONGEST) {
                return bad("Error: attribute value too long");
            }
            String text = xclient ? xtext(raw) : Neutral.of(xtext(raw));
            boolean later = text.equalsIgnoreCase("[TEMPUNAVAIL]");
            boolean absent = later || text.equalsIgnoreCase("[UNAVAILABLE]");
            if (later) {
                temporary.add(name);
            } else {
                temporary.remove(name);
            }
            if (!absent && !valid(xclient, name, text, ipv6)) {
                return bad("Bad " + name + " syntax: " + text);
            }
            values.put(name, absent ? null : name.endsWith("ADDR") ? bare(text) : text);
        }
        return new Read.Good(new ClientAttributes(values, temporary));
    }

    private static Read bad(String text) {
        return new Read.Bad(Reply.of(501, 5, 4, text));
    }

    private static boolean valid(boolean xclient, String name, String text, boolean ipv6) {
        return switch (name) {
            case "NAME", "REVERSE_NAME" -> ClientNames.valid(text);
            case "ADDR", "DESTADDR" -> {
                boolean six = text.regionMatches(true, 0, "IPV6:", 0, 5);
                byte[] octets = Network.literal(six ? text.substring(5) : text);
                yield octets != null
                        && six == (octets.length == 16)
                        && (ipv6 || !six || Network.mapped(octets));
            }
            case "PORT", "DESTPORT" ->
                    text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
            case "PROTO" ->
                    !xclient || text.equalsIgnoreCase("SMTP") || text.equalsIgnoreCase("ESMTP");
            case "SOURCE" -> text.equalsIgnoreCase("LOCAL") || text.equalsIgnoreCase("REMOTE");
            default -> true;
        };
    }

    /// The address itself; an IPv4-mapped one as IPv4.
    private static String bare(String address) {
        if (!address.regionMatches(true, 0, "IPV6:", 0, 5)) {
            return address;
        }
        String six = address.substring(5);
        byte[] octets = Network.literal(six);
        return octets == null ? six : Network.text(address(six));
    }

    /// Decodes `+XX` (RFC 3461 4) up to a NUL; what is no xtext stays as it is. Controls become
    /// `?`.
    private static String xtext(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '+') {
                int high = i + 1 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    return text;
                }
                c = (char) (high * 16 + low);
                i += 2;
                if (c == 0) {
                    break;
                }
            }
            out.append(c < ' ' || c == 127 ? '?' : c);
        }
        return out.toString();
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /// Null where it was not given or not available.
    public @Nullable String get(String name) {
        return values.get(name);
    }

    private NameStatus status(String name, NameStatus before) {
        if (!has(name)) {
            return before;
        }
        return get(name) != null
                ? NameStatus.OK
                : temporary.contains(name) ? NameStatus.TEMPORARY : NameStatus.NONE;
    }

    private String or(String name, String otherwise, String before) {
        String value = get(name);
        return has(name) ? value == null ? otherwise : value : before;
    }

    /// The client that these attributes make of another.
    public Client applied(Client before) {
        String name = or("NAME", "unknown", before.name());
        // A name says more than itself; that there is none does not.
        boolean named = get("NAME") != null && !has("REVERSE_NAME");
        String reverse = named ? name : or("REVERSE_NAME", "unknown", before.reverseName());
        InetAddress address = before.address();
        String ip = before.ip();
        if (has("ADDR")) {
            String text = get("ADDR");
            ip = text == null ? "unknown" : text;
            address = address(text == null ? "0.0.0.0" : text);
        }
        String port = get("PORT");
        return new Client(
                name,
                status("NAME", before.nameStatus()),
                reverse,
                named ? NameStatus.OK : status("REVERSE_NAME", before.reverseStatus()),
                address,
                ip,
                port == null ? has("PORT") ? 0 : before.port() : Integer.parseInt(port),
                null);
    }

    private static InetAddress address(String text) {
        try {
            byte[] octets = Network.literal(text);
            return InetAddress.getByAddress(octets == null ? new byte[4] : octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
