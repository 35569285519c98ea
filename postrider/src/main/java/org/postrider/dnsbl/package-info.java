/// dnsbl — lists of clients and domains that are kept in DNS (RFC 5782): which name is asked for,
/// what an answer means, and many lists at once. Counterpart: find_dnsxl_addr of smtpd_check,
/// dnsblog(8), ip_match(3).
///
/// A [DnsList] is one list as an administrator names it: a domain, with a [ReplyPattern] of the
/// answers that count and, for postscreen, a weight. [DnsLists] asks: it starts a [Query] on a
/// thread of its own and gives back what is asked, and whoever needs the [ListAnswer] waits for it,
/// so that many lists cost the waiting of the slowest one. [SessionLists] keeps what one session
/// has asked.
///
/// Fed by strangers: the addresses and names that are looked up, and by whoever runs a list the
/// answers. A question holds at most a hundred addresses and no name; a reason is one line of
/// printable ASCII, at most 500 octets. What does not come in time, is garbled or loops is
/// [ListAnswer.Unknown] or not listed, never listed.
///
/// Threads: one a question, from the family `dns-list`, at most [DnsLists#MOST] at a time in one
/// server; whoever comes when all are busy asks on its own thread.
///
/// Crash: nothing is kept.
@NullMarked
package org.postrider.dnsbl;

import org.jspecify.annotations.NullMarked;
