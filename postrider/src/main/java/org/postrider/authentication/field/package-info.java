/// authentication.field — the field Authentication-Results (RFC 8601) read and written, and the
/// forged ones of our own found.
///
/// Fed by strangers: octets of theirs in, printable ASCII out, in time that is linear in what
/// comes. No state, any thread; a crash loses nothing. Not done: fields of the body's parts
/// (message/rfc822) are left as they are.
@NullMarked
package org.postrider.authentication.field;

import org.jspecify.annotations.NullMarked;
