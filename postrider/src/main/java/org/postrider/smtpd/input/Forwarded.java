package org.postrider.smtpd.input;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postrider.log.MailEvent;
import org.postrider.peer.ClientAttributes;
import org.postrider.queue.Origin;

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
        return new MailEvent.Former(values.get("IDENT"), ofClient() ? nameAndAddress() : null);
    }

    private String nameAndAddress() {
        String name = values.get("NAME");
        String address = values.get("ADDR");
        return (name == null ? "unknown" : name) + (address == null ? "" : "[" + address + "]");
    }

    /// It says something of a client, and so everything: what it does not say is not known.
    public boolean ofClient() {
        return CLIENT.stream().anyMatch(values::containsKey);
    }

    /// The message's addresses are completed as those of local mail.
    public boolean local() {
        return "LOCAL".equalsIgnoreCase(values.get("SOURCE"));
    }

    /// Where a message came from.
    ///
    /// @param source the client itself, as log lines name it
    /// @param client the same
    public Origin.Trace trace(String source, Origin.Client client) {
        String ident = values.get("IDENT");
        return ofClient()
                ? new Origin.Trace(nameAndAddress(), client(), ident)
                : new Origin.Trace(source, client, ident);
    }

    private Origin.Client client() {
        String port = values.get("PORT");
        return new Origin.Client(
                said("NAME"),
                "",
                said("ADDR"),
                port == null ? -1 : Integer.parseInt(port),
                said("HELO"),
                said("PROTO"));
    }

    private String said(String name) {
        String value = values.get(name);
        return value == null ? "" : value;
    }
}
