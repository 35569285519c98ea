/// https — one request to one server over HTTPS (RFC 9110, 9112): token end points, policies of
/// MTA-STS. No counterpart in Postfix.
///
/// [HttpsClient] asks once and hangs up: no redirect is followed, nothing is cached or kept, no
/// cookie is taken, and the server's certificate has to be its own by an authority that is trusted.
///
/// **Trust**: fed by servers that strangers run. One deadline is over all of it, and what is read
/// is bounded before it is read; what does not keep to the grammar is no answer.
///
/// **Threads**: blocking, on the caller's thread. **Crash**: nothing is kept.
@NullMarked
package org.postrider.https;

import org.jspecify.annotations.NullMarked;
