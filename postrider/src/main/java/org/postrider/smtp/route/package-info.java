/// smtp.route — from a next hop to the servers to try, in order (Postfix: smtp_addr(3)); of LMTP a
/// server may be a UNIX socket.
///
/// Fed by transport tables and by DNS, which anybody writes: exchangers and addresses are bounded,
/// and one of our own on the SMTP port is a loop. A look-up that fails for now makes mail wait;
/// only a sure answer returns it. Immutable but for the next hop that was asked for last; any
/// thread; nothing to lose in a crash.
///
/// Where the resolver checks DNSSEC, a server knows how far it vouches for the way ([Trail]).
@NullMarked
package org.postrider.smtp.route;

import org.jspecify.annotations.NullMarked;
