package org.postrider.queue;

import org.jspecify.annotations.Nullable;

/// Who submitted a message, as AUTH showed.
///
/// @param method the SASL mechanism
/// @param sender AUTH= of MAIL FROM (RFC 4954 5), as it came; null where not given
public record Login(String method, String username, @Nullable String sender) {}
