package org.postrider.smtpd.proxy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.peer.Client;
import org.postrider.smtpd.input.Forwarded;
import org.postrider.smtpd.input.Party;

/// What a filter that offers XFORWARD is told of the client, or of the one behind it
/// (XFORWARD_README). An immutable value.
///
/// @param values by attribute in the order in which they are sent; null for what is not known
public record ClientFacts(Map<String, @Nullable String> values) {
    private static final String UNAVAILABLE = "[UNAVAILABLE]";

    /// Octets of a command's attributes: a command and its reply have lines of 512.
    private static final int PAYLOAD = 512 - "250 XFORWARD\r\n".length();

    /// @param local the mail is completed as local mail is
    public static ClientFacts of(Party party, boolean local) {
        Forwarded forwarded = party.forwarded();
        boolean behind = forwarded.ofClient();
        Client client = party.client();
        Map<String, @Nullable String> out = new LinkedHashMap<>();
        boolean six = client.ip().indexOf(':') >= 0;
        out.put("NAME", behind ? forwarded.values().get("NAME") : known(client.name()));
        out.put("ADDR", behind ? address(forwarded) : (six ? "IPv6:" : "") + client.ip());
        out.put("PORT", behind ? forwarded.values().get("PORT") : Integer.toString(client.port()));
        out.put("HELO", behind ? forwarded.values().get("HELO") : known(party.helo()));
        out.put("IDENT", forwarded.values().get("IDENT"));
        out.put("PROTO", behind ? forwarded.values().get("PROTO") : party.protocol());
        boolean said = forwarded.values().containsKey("SOURCE");
        out.put("SOURCE", (said ? forwarded.local() : local) ? "LOCAL" : "REMOTE");
        return new ClientFacts(out);
    }

    private static @Nullable String known(String name) {
        return name.isEmpty() || name.equals("unknown") ? null : name;
    }

    private static @Nullable String address(Forwarded forwarded) {
        String address = forwarded.values().get("ADDR");
        return address == null || address.indexOf(':') < 0 ? address : "IPv6:" + address;
    }

    /// The commands, without their line ends; none where the filter takes nothing of it.
    ///
    /// @param offered the attributes that it takes
    List<String> commands(Set<String> offered, Consumer<String> warnings) {
        List<String> out = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (Map.Entry<String, @Nullable String> each : values.entrySet()) {
            if (!offered.contains(each.getKey())) {
                continue;
            }
            String value = each.getValue();
            String word = " " + each.getKey() + "=" + xtext(value == null ? UNAVAILABLE : value);
            if (word.length() > PAYLOAD) {
                warnings.accept(
                        "XFORWARD command payload "
                                + word.substring(1, Math.min(word.length(), 20))
                                + "... exceeds SMTP protocol limit");
            }
            if (!line.isEmpty() && line.length() + word.length() > PAYLOAD) {
                out.add("XFORWARD" + line);
                line.setLength(0);
            }
            line.append(word);
        }
        if (!line.isEmpty()) {
            out.add("XFORWARD" + line);
        }
        return out;
    }

    /// RFC 3461 4.
    private static String xtext(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > ' ' && c < 127 && c != '+') {
                out.append(c);
            } else {
                out.append(String.format("+%02X", c & 0xff));
            }
        }
        return out.toString();
    }
}
