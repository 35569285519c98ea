package org.postrider.queue;

/// Something about a message that a newer version wrote and this one does not know.
public sealed interface Unknown {
    /// A named attribute with a name or a value that is not known here.
    record Named(String name, String value) implements Unknown {}

    /// A field of the envelope record.
    ///
    /// @param octets one a character
    record Tagged(int tag, String octets) implements Unknown {}
}
