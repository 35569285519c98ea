package org.postrider.cleanup.milter;

import org.jspecify.annotations.Nullable;
import org.postrider.maps.Fold;
import org.postrider.milter.Macros;
import org.postrider.queue.Origin;

/// The macros of the content of a mail that an SMTP client brought: what cleanup knows of it. Of
/// its session, its sender and its recipients milters have heard before.
public record ClientMacros(LocalMail.Terms terms, String id, Origin origin) implements Macros {
    @Override
    public @Nullable String value(String name) {
        Origin.Server server = origin.server();
        return switch (name) {
            case "i" -> id;
            case "j" -> terms.hostname();
            case "v" -> terms.version();
            case "{daemon_name}" -> terms.daemon();
            case "{daemon_addr}" -> server == null ? null : server.address();
            case "{daemon_port}" -> server == null ? null : Integer.toString(server.port());
            default -> client(name);
        };
    }

    private @Nullable String client(String name) {
        Origin.Client client = origin.client();
        if (client == null) {
            return null;
        }
        return switch (name) {
            case "_" -> {
                boolean same = Fold.same(client.name(), client.reverseName());
                yield client.reverseName()
                        + " ["
                        + client.address()
                        + "]"
                        + (same ? "" : " (may be forged)");
            }
            case "{client_addr}" -> client.address();
            case "{client_name}" -> client.name();
            case "{client_port}" -> Integer.toString(Math.max(0, client.port()));
            case "{client_ptr}" -> client.reverseName();
            default -> null;
        };
    }
}
