/// command.table — `postmap` and `postalias`: ask tables, list them, make and change their indexes
/// (postmap(1)).
///
/// Who feeds it: the administrator's arguments and sources; with `-q -` also a stranger's message,
/// line by line.
///
/// Threads: one, besides those with which the room maps searches patterns.
///
/// Crash: an index is made beside the old one and renamed, or changed in one transaction of lmdb.
///
/// Not done yet: Berkeley DB indexes are asked and listed, never written; cdb or lmdb is made
/// instead, and the one that was left beside is named.
@NullMarked
package org.postrider.command.table;

import org.jspecify.annotations.NullMarked;
