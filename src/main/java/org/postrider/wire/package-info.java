/// wire — the SMTP grammar of both sides: replies, commands, paths, the client's half of the
/// dialogue. Hostile octets arrive here first.
@NullMarked
package org.postrider.wire;

import org.jspecify.annotations.NullMarked;
