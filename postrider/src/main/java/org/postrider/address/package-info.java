/// address — mail addresses in internal (unquoted) form, and the RFC 5321 and 5322 quoting of them.
///
/// Who feeds it: strangers, in MAIL, RCPT and headers, as octets in chars; parsing takes one pass,
/// is as liberal as Postfix's, and is bounded by the number of tokens.
///
/// Threads: pure values, any thread.
///
/// Crash: nothing is kept. What is no address is null or an answer, not an exception.
///
/// Not done yet: nothing is converted between U-labels and A-labels (RFC 6531 addresses stay as
/// they come).
@NullMarked
package org.postrider.address;

import org.jspecify.annotations.NullMarked;
