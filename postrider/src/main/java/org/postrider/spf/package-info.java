/// spf — whether a host may send mail in a domain's name, as the domain says in DNS: SPF (RFC
/// 7208).
///
/// A [Spf] asks for the record of one identity, the sender's domain or the name of HELO, and says
/// what it comes to: an [SpfResult]. What the words of a record mean is [Policy], what its macros
/// come to is [MacroText], and one check with all that it may cost is [Evaluation].
///
/// Who feeds it: whoever has the domain of a sender, which anybody may claim: records, names,
/// macros and explanations, and as many of them as DNS can hold. Terms that ask, answers that are
/// void, names of exchangers and the time are counted ([SpfLimits]); what is beyond is an error of
/// the record, never a pass. A syntax error anywhere in a record that is looked at is one too. What
/// DNS does not say now is temperror, never none. Explanations are cut, and hold printable ASCII.
///
/// Threads: any; a check blocks its (virtual) thread for at most the time that the limits allow.
///
/// Crash: nothing is kept.
///
/// Not done: the type SPF of RFC 4408, which RFC 7208 ended.
@NullMarked
package org.postrider.spf;

import org.jspecify.annotations.NullMarked;
