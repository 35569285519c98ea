/// maps.remote — tables that another program answers: `ldap`, `mysql`, `pgsql`, `sqlite`,
/// `memcache`, `tcp`, `socketmap`, and `unix` (the C library's name service).
///
/// Who feeds it: keys of strangers, which are quoted for the language of the query ([QueryText]),
/// and answers of servers, bounded in size and taken as octets.
///
/// Threads: any; each question takes a connection of its own, a few of which idle until they are
/// used again ([Idle]). A dialogue has a deadline.
///
/// Crash and trouble: no answer, a broken one and a server that is away are
/// [org.postrider.maps.TableException]. A host that failed is left alone for its `retry_interval`.
/// After `close` a question opens a connection for itself alone.
///
/// Not done yet: the libraries for LDAP and SQL are optional jars; without one, lookups fail and
/// name it. `memcache` has no `backup` that is written to.
@NullMarked
package org.postrider.maps.remote;

import org.jspecify.annotations.NullMarked;
