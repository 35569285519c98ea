package org.postrider.message;

/// A digest of a body that was made while the body came, so that whoever needs it need not read the
/// body again. Immutable.
///
/// @param kind what it is of: two of one kind and one body are equal
/// @param octets not written to
public record BodyDigest(String kind, byte[] octets) {}
