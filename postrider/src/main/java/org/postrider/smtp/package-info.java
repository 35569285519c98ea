/// smtp — the SMTP and LMTP client (Postfix: smtp(8), under both of its names, with scache(8)).
///
/// Which of the two a line of master.cf speaks is its [Protocol], by the name of its program. Their
/// parameters are twins, `smtp_…` and `lmtp_…`, each pair declared once ([Twin]) and read through
/// [ClientSettings] under the name of the protocol. LMTP (RFC 2033) says LHLO, goes straight to a
/// host or a UNIX socket without asking for mail exchangers, and has a reply for each recipient
/// after the content.
///
/// **Way of a delivery**: [SmtpAgent] reads the next hop and finds its servers (`smtp.route`), asks
/// under which TLS policy and login each one is spoken to (`smtp.policy`: those are the key of a
/// kept session), has an open session or begins one (`smtp.session`), and sends the mail over
/// [org.postrider.wire.ClientDialogue], each recipient reported as soon as its fate is known
/// (`smtp.mail`).
///
/// **Trust**: fed by hostile next hops and DNS. Replies are bounded by the dialogue's line limit,
/// waiting by a deadline on each step, servers by smtp_mx_address_limit and smtp_mx_session_limit.
/// What a policy or a login cannot be had for waits; nothing goes out weaker than was asked.
///
/// **Crash**: nothing is kept; a recipient whose 250 was not marked is delivered again.
///
/// **Threads**: blocking, on the delivery's virtual thread; native look-ups on the pool given.
@NullMarked
package org.postrider.smtp;

import org.jspecify.annotations.NullMarked;
