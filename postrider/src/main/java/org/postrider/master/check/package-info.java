/// master.check — what `postfix check`, the start and each reload say of a configuration, before
/// anything runs: names that mean nothing, what is not honoured, tables and keys that cannot be
/// opened, settings that make an open relay, other instances and other mail systems.
///
/// It reads main.cf and master.cf as the administrator wrote them, and what they name; nobody else
/// feeds it. On the caller's thread; it keeps nothing and starts nothing. A fault that it finds is
/// a line of text with its file and line, never an exception; what cannot run at all is refused by
/// [org.postrider.master.Generation].
@NullMarked
package org.postrider.master.check;

import org.jspecify.annotations.NullMarked;
