/// cleanup.author — who a mail says that it is from: rules for From, and the signatures of its
/// domain (no counterpart in Postfix; RFC 5322 3.6.2, RFC 6376).
///
/// Fed by strangers through the mail's header: what is read of a field is linear in its length, and
/// what is written of it ends no line. Keys are the administrator's files. All of it is off until a
/// setting names an address or a key, and then no stage is made of it: mail pays nothing.
@NullMarked
package org.postrider.cleanup.author;

import org.jspecify.annotations.NullMarked;
