/// doctor — what a receiver sees of a domain and of the server that sends its mail, and which
/// record is missing (postdoctor, docs/postdoctor.md).
///
/// [Doctor] runs the checks one after the other and tells each [Finding] as it comes: ok, warning
/// or wrong, with the reason, and the record to add or change as a line of a zone file. What it
/// looks at is an [Examination]: the domain, where its mail leaves from ([Outgoing]), and the ways
/// out.
///
/// Who feeds it: the DNS, the mail servers and the policy host of the domain that is asked about.
/// Every question has an end ([Questions]), a dialogue has limits on time, lines and octets
/// ([Dialogue]), what comes back is printable ASCII and cut before it is shown ([Finding]). A
/// failure of DNS is said as one, and never that a record is missing.
///
/// Threads: the command's own. Crash: nothing is kept, and nothing is changed anywhere: no mail is
/// sent, servers are greeted, asked whom they take mail for, and left.
@NullMarked
package org.postrider.doctor;

import org.jspecify.annotations.NullMarked;
