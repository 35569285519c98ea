/// bounce — non-delivery, delay and success notices to the sender (bounce(8)), in Postfix's wording
/// or that of bounce_template_file. Where SMTPUTF8 was asked for, its parts are of the types
/// message/global (RFC 6533, [NoticeForm]).
///
/// **Who feeds it**: replies of foreign servers, addresses, ENVID and ORCPT. All of it becomes one
/// line of printable ASCII ([Printable]) before it stands in a notice; the returned message is the
/// original's octets.
///
/// **Crash**: a notice and the marks it stands for are one transaction. Copies to the postmaster
/// are not part of it. **Threads**: any; blocks while committing.
@NullMarked
package org.postrider.bounce;

import org.jspecify.annotations.NullMarked;
