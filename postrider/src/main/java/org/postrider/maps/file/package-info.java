/// maps.file — tables that stand in files: `texthash`, and the indexes of `hash`, `btree`, `dbm`,
/// `cdb` and `lmdb` with their writers, for postmap.
///
/// Who feeds it: files of the administrator, some made by other programs; every offset in an index
/// is checked, damage is an [java.io.IOException] that names the file and never an answer.
///
/// Threads: [FileTable] is asked by any; it looks for a change at most once a second, reads the new
/// state whole and swaps it in. An [Lmdb] object belongs to one thread.
///
/// Crash: a cdb file is made beside the old one, forced and renamed; an lmdb file changes in one
/// transaction. The source text answers as long as there is no index.
///
/// Not done yet: Berkeley DB files are read and, whole, made for Cyrus's user database; postmap
/// writes cdb or lmdb instead (docs/decisions). Files with several databases, duplicate keys,
/// checksums or encryption are refused by name.
@NullMarked
package org.postrider.maps.file;

import org.jspecify.annotations.NullMarked;
