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
/// Not done yet: DNSSEC checked here and not by the name server.
@NullMarked
package org.postrider.dns;

import org.jspecify.annotations.NullMarked;
