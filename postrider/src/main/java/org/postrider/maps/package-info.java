/// maps — lookup tables (`type:name`, DATABASE_README) and the match lists made of them.
///
/// Who feeds it: keys come from strangers, octet for octet (a `char` is an octet); names, rules and
/// values come from the administrator. A table never sees more of a stranger than one key.
///
/// In front stand [Table] and [Tables], which rooms ask; [TableDirectory], which opens by
/// `type:name` and shares an open table for the life of a configuration; the lists ([AddressMaps],
/// [DomainList], [NetworkList], [StringList], [UserList]); and what postmap makes an index with.
/// The kinds of tables are chambers: `file`, `pattern`, `remote` and `composed`. No chamber opens a
/// table by itself.
///
/// Threads: every table is asked by any thread at a time, and answers from one state of its source.
/// A pattern is matched under a bound (`pattern`), a server is asked under a deadline (`remote`).
///
/// Crash and trouble: a table that cannot answer throws [TableException], never "not found"; the
/// caller makes 451 or a deferral of it. A table that was read once goes on with what it had while
/// its file cannot be read. Nothing is written here but by postmap, and an index is whole or not
/// there.
///
/// Not done yet: `mongodb:`, `sdbm:`, `nis:`, `nisplus:` and the proxymap service's own process;
/// `proxy:` opens the table in this process.
@NullMarked
package org.postrider.maps;

import org.jspecify.annotations.NullMarked;
