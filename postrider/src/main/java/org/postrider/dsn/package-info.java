/// dsn — delivery status: the RFC 3463 code as a type, and a text that begins with one in two.
///
/// Who feeds it: answers of servers, texts of tables.
///
/// Threads: pure values, any thread.
///
/// Crash: nothing is kept. A text without a code gets the one that the caller has for it.
///
/// Not done yet: the RFC 3464 report itself is written by bounce.
@NullMarked
package org.postrider.dsn;

import org.jspecify.annotations.NullMarked;
