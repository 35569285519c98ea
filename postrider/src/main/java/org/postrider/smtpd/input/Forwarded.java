package org.postrider.smtpd.input;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postrider.log.MailEvent;
import org.postrider.peer.ClientAttributes;

/// What XFORWARD said of the client behind the client. An immutable value.
///
/// @param values by name in capitals; null for what it did not know
public record Forwarded(Map<String, @Nullable String> values) {
    public static final Forwarded NONE = new Forwarded(Map.of());

    /// Any of these says that there is a client behind the client.
    private static final List<String> CLIENT = List.of("NAME", "ADDR", "PROTO", "HELO", "PORT");

    /// With what one more command said.
    public Forwarded with(ClientAttributes more) {
        Map<String, @Nullable String> all = new TreeMap<>(values);
        all.putAll(more.values());
        return new Forwarded(all);
    }

    /// For the client= line.
    public MailEvent.Former logged() {
        if (values.isEmpty()) {
            return MailEvent.Former.NONE;
        }
        String client = null;
        if (CLIENT.stream().anyMatch(values::containsKey)) {
            String name = values.get("NAME");
            String address = values.get("ADDR");
            client =
                    (name == null ? "unknown" : name)
                            + (address == null ? "" : "[" + address + "]");
        }
        return new MailEvent.Former(values.get("IDENT"), client);
    }
}
