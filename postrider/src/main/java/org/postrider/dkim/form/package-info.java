/// The forms of RFC 6376: tag lists (3.2), the fields of a header block and their canonical forms
/// (3.4.1, 3.4.2), and the choice of them by `h=` (5.4.2).
///
/// Fed by strangers: every scan is linear in what it reads, and what is wrong with a tag list is
/// said in a [org.postrider.dkim.form.TagException] that stays within the room.
///
/// Threads: all are immutable but [org.postrider.dkim.form.Octets], which belongs to one thread.
/// Nothing is kept in a crash.
@NullMarked
package org.postrider.dkim.form;

import org.jspecify.annotations.NullMarked;
