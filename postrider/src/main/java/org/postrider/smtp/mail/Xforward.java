package org.postrider.smtp.mail;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.queue.Envelope;
import org.postrider.queue.Origin;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpParams;
import org.postrider.wire.ClientMail;

/// smtp_send_xforward_command: what a server that offers XFORWARD is told of where a mail came from
/// (XFORWARD_README). Only what is known is said. Immutable; any thread.
///
/// @param timeoutMillis for each command
record Xforward(long timeoutMillis) {
    private static final String UNKNOWN = "unknown";

    /// @return null where it is not sent
    static @Nullable Xforward of(ClientSettings settings) {
        return settings.get(SmtpParams.SEND_XFORWARD)
                ? new Xforward(settings.get(SmtpParams.XFORWARD_TIMEOUT).toMillis())
                : null;
    }

    /// @param id the mail's queue id
    /// @param offered the attributes that the server takes, in whatever case
    ClientMail.Forwarding of(Envelope envelope, String id, Set<String> offered) {
        Origin origin = envelope.origin();
        Origin.Client client = origin.logged();
        StringBuilder first = new StringBuilder();
        StringBuilder second = new StringBuilder();
        Line line = new Line(first, offered);
        Line more = new Line(second, offered);
        if (client != null) {
            String address = client.address();
            line.add("NAME", client.name());
            line.add("ADDR", address.indexOf(':') < 0 ? address : "IPV6:" + address);
            line.add("PORT", client.port() < 0 ? "" : Integer.toString(client.port()));
            more.add("PROTO", client.protocol());
            more.add("HELO", client.helo());
        }
        String ident = origin.trace().ident();
        // What came in over no network has no name for others.
        more.add("IDENT", ident != null ? ident : client != null || remote(origin) ? id : "");
        Origin.Context context = origin.context();
        more.add("SOURCE", context == null ? "" : context.name());
        return new ClientMail.Forwarding(first.toString(), second.toString(), timeoutMillis);
    }

    private static boolean remote(Origin origin) {
        return origin.context() == Origin.Context.REMOTE;
    }

    private record Line(StringBuilder out, Set<String> offered) {
        void add(String name, String value) {
            if (value.isEmpty() || value.equals(UNKNOWN) || !offered.contains(name)) {
                return;
            }
            out.append(out.isEmpty() ? "XFORWARD " : " ").append(name).append('=');
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c > ' ' && c < 127 && c != '+') {
                    out.append(c);
                } else {
                    Notify.encode(out, c);
                }
            }
        }
    }
}
