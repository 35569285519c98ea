package org.postrider.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is said of a message besides its sender, its recipients and its content. Immutable.
///
/// @param login who the client logged in as; null where nobody did
/// @param encoding what the client declared, or the content was found to be; null for unknown
/// @param unknown what a newer version wrote: kept and copied, never understood
public record Attributes(
        Origin origin,
        @Nullable Login login,
        Dsn dsn,
        Routing routing,
        @Nullable Encoding encoding,
        List<Unknown> unknown) {
    /// Nothing is said.
    public static final Attributes NONE =
            new Attributes(Origin.NONE, null, Dsn.NONE, Routing.PLAIN, null, List.of());

    /// Mail of our own making: it comes from here and is rewritten as local mail.
    public static final Attributes OWN =
            new Attributes(Origin.LOCAL, null, Dsn.NONE, Routing.PLAIN, null, List.of());

    public Attributes {
        unknown = List.copyOf(unknown);
    }

    public Attributes withOrigin(Origin other) {
        return new Attributes(other, login, dsn, routing, encoding, unknown);
    }

    public Attributes withDsn(Dsn other) {
        return new Attributes(origin, login, other, routing, encoding, unknown);
    }

    public Attributes withRouting(Routing other) {
        return new Attributes(origin, login, dsn, other, encoding, unknown);
    }

    public Attributes withEncoding(Encoding other) {
        return new Attributes(origin, login, dsn, routing, other, unknown);
    }

    /// Something about a message that a newer version wrote and this one does not know.
    public sealed interface Unknown {
        /// A named attribute with a name or a value that is not known here.
        record Named(String name, String value) implements Unknown {}

        /// A field of the envelope record.
        ///
        /// @param octets one a character
        record Tagged(int tag, String octets) implements Unknown {}
    }
}
