/// control — what commands on this machine, and later the console, ask of the running server, and
/// what it answers: the requests and replies as types, and their one form on the wire.
///
/// Spoken over `private/control` (the superuser and the server's own user, by the directory's mode)
/// and `public/flush` or `public/qmgr` (any user; the server asks the kernel who it is). One
/// connection carries one request, a line of words separated by TAB, and its reply, lines that
/// begin with `+`, and at last `=` TAB status. A local user can send any octets: a request is
/// bounded before it is read whole, decoding never throws, and what is not known is refused by
/// name.
///
/// Values only, on any thread; nothing is kept, so a crash loses an answer at most. Not yet: a
/// request that is answered for as long as it is listened to (the console's).
@NullMarked
package org.postrider.control;

import org.jspecify.annotations.NullMarked;
