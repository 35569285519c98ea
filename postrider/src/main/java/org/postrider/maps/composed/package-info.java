/// maps.composed — tables that their name alone makes: `static`, `inline`, `environ`, `fail`,
/// `randmap`, `internal`, and those made of other tables: `unionmap`, `pipemap`, `debug`, a list
/// asked in order.
///
/// Who feeds it: names of the administrator (braces that do not match are errors in Postfix's
/// words, lest a table be silently another one than was meant); keys go through to the parts.
///
/// Threads: any; nothing here changes after it is made.
///
/// Crash and trouble: a part that cannot answer fails the whole, a part that cannot be opened makes
/// the whole one that cannot ([Unopened]).
///
/// Not done yet: nothing that Postfix 3.12 has.
@NullMarked
package org.postrider.maps.composed;

import org.jspecify.annotations.NullMarked;
