/// dns — MX, A, AAAA, PTR, SRV, TLSA and TXT through the system's resolvers, and the names of
/// /etc/hosts.
///
/// Who feeds it: names of strangers, and answers of servers that strangers run. An answer holds a
/// bounded number of records, follows a bounded number of aliases and names only valid host names.
///
/// Threads: any; a question blocks its (virtual) thread until its deadline.
///
/// Crash and trouble: every answer is a value: found, not there, or not to be had now, and the last
/// two are never confused. Nothing is kept: the name server is the cache.
///
/// DNSSEC is the name server's word (the AD bit), or validated here down from trust anchors where a
/// client asks for that ([ResolverOptions]); the work that a zone's owner can make is bounded.
///
/// Not done yet: an own cache; keys that a zone rolls over by itself (RFC 5011).
@NullMarked
package org.postrider.dns;

import org.jspecify.annotations.NullMarked;
