/// authentication.field — the field Authentication-Results (RFC 8601) read and written, and the
/// forged ones of our own found. Octets of strangers in, printable ASCII out; linear in what comes.
/// No state; any thread.
@NullMarked
package org.postrider.authentication.field;

import org.jspecify.annotations.NullMarked;
