package org.postrider.queue;

import org.jspecify.annotations.Nullable;

/// Where a message came from.
///
/// @param context how addresses without a domain are completed; null where not said
/// @param source as log lines name it: `name[address]` of a client, `local`; null where not said
/// @param logged the client as log lines and XFORWARD name it; null for none
/// @param client the client as access rules and milters see it; null for none
/// @param server where it came in; null for none
/// @param fullName of the local user who submitted it; null where not known
public record Origin(
        @Nullable Context context,
        @Nullable String source,
        @Nullable Client logged,
        @Nullable Client client,
        @Nullable Server server,
        @Nullable String fullName) {
    public static final Origin NONE = new Origin(null, null, null, null, null, null);

    /// This machine: notices, and what local users submit.
    public static final Origin LOCAL = new Origin(Context.LOCAL, "local", null, null, null, null);

    /// Whose mail it is for the rewriting of addresses (local_header_rewrite_clients).
    public enum Context {
        LOCAL,
        REMOTE
    }

    /// A client. What is not known of it is empty, or -1.
    ///
    /// @param name its verified host name
    /// @param reverseName the name that PTR says; empty where it is not kept
    /// @param protocol `ESMTPS` and its like (RFC 3848)
    public record Client(
            String name,
            String reverseName,
            String address,
            int port,
            String helo,
            String protocol) {
        /// As log lines have it, without the reverse name.
        public Client logged() {
            return new Client(name, "", address, port, helo, protocol);
        }
    }

    /// The address and port that the client connected to.
    public record Server(String address, int port) {}

    public Origin withFullName(String name) {
        return new Origin(context, source, logged, client, server, name);
    }

    /// The same place, but the mail is that of others: its addresses are not completed as ours.
    public Origin ofOthers() {
        return new Origin(Context.REMOTE, source, logged, client, server, fullName);
    }

    /// True for what is completed as local mail.
    public boolean local() {
        return context == Context.LOCAL;
    }
}
