/// peer — who the client of a session is: its address or the one that a proxy in front of us names
/// (PROXY protocol), its host name as DNS confirms it, and the client that an authorised host puts
/// in its place (XCLIENT, XFORWARD). Counterpart: Postfix's smtpd_peer and smtpd_proxy.
///
/// - Fed by strangers: PROXY headers, PTR records, attributes. Every length is bounded before it is
///   read ([org.postrider.peer.ProxyHeader] takes at most 536 octets; attributes have been cut to a
///   command line); nothing of it is trusted beyond what the administrator's lists allow.
/// - Threads: a [org.postrider.peer.Client] is an immutable value. [org.postrider.peer.ClientNames]
///   is shared by all sessions; whoever asks for a name waits on its own thread, for nobody else's.
/// - A crash loses the names that were kept for some seconds, nothing else.
@NullMarked
package org.postrider.peer;

import org.jspecify.annotations.NullMarked;
