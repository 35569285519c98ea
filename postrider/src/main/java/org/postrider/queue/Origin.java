package org.postrider.queue;

import org.jspecify.annotations.Nullable;

/// Where a message came from.
///
/// @param context how addresses without a domain are completed; null where not said
/// @param trace as log lines and XFORWARD name it
/// @param client the client as access rules and milters see it; null for none
/// @param server where it came in; null for none
/// @param fullName of the local user who submitted it; null where not known
/// @param ours it is mail of our own users, or of our own making, for a cleanup that signs: taken
///   in again (postsuper -r) it is signed again, and no other is
public record Origin(
        @Nullable Context context,
        Trace trace,
        @Nullable Client client,
        @Nullable Server server,
        @Nullable String fullName,
        boolean ours) {
    public static final Origin NONE = new Origin(null, Trace.NONE, null, null, null);

    /// Whose mail it is for signatures is not said.
    public Origin(
            @Nullable Context context,
            Trace trace,
            @Nullable Client client,
            @Nullable Server server,
            @Nullable String fullName) {
        this(context, trace, client, server, fullName, false);
    }

    /// This machine: notices, and what local users submit.
    public static final Origin LOCAL =
            new Origin(Context.LOCAL, new Trace("local", null, null), null, null, null);

    /// Whose mail it is for the rewriting of addresses (local_header_rewrite_clients).
    public enum Context {
        LOCAL,
        REMOTE
    }

    /// Where a message came from at first, of which a filter that it went through has told by
    /// XFORWARD.
    ///
    /// @param source `name[address]` of a client, `local`; null where not said
    /// @param client null for none
    /// @param ident the queue id that it had there; null where it had none
    public record Trace(@Nullable String source, @Nullable Client client, @Nullable String ident) {
        public static final Trace NONE = new Trace(null, null, null);
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

    /// As log lines name it.
    public @Nullable String source() {
        return trace.source();
    }

    /// The client as log lines name it; null for none.
    public @Nullable Client logged() {
        return trace.client();
    }

    public Origin withFullName(String name) {
        return new Origin(context, trace, client, server, name, ours);
    }

    /// The same place, but the mail is that of others: its addresses are not completed as ours.
    public Origin ofOthers() {
        return new Origin(Context.REMOTE, trace, client, server, fullName, ours);
    }

    public Origin asOurs() {
        return new Origin(context, trace, client, server, fullName, true);
    }

    /// True for what is completed as local mail.
    public boolean local() {
        return context == Context.LOCAL;
    }
}
