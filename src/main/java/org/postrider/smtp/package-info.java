/// smtp — the SMTP client (Postfix: smtp(8) with scache(8)).
///
/// **Way of a delivery**: [SmtpAgent] reads the next hop ([Destination]), [Route] finds its
/// servers, [SessionCache] has an open session or [Greeting] begins one, within TLS as [SmtpTls]
/// wants it, [Exchange] sends the mail by the steps of wire.ClientStep, [ContentSender] and
/// [Downgrade] the content; [Attempt] knows who is still owed and reports each recipient as soon as
/// it is known.
///
/// **Trust**: fed by hostile next hops and DNS. Replies are bounded by wire.ReplyReader, waiting by
/// a deadline on each step, servers by smtp_mx_address_limit and smtp_mx_session_limit.
///
/// **Crash**: nothing is kept; a recipient whose 250 was not marked is delivered again.
///
/// **Threads**: blocking, on the delivery's virtual thread; native look-ups on the pool given.
///
/// **Not yet**: verified TLS (dane, fingerprint, verify, secure), client certificates, SASL: mail
/// whose destination wants one of them waits ([TlsPolicies], [ClientLogin]). XFORWARD, LMTP, SRV,
/// PIX workarounds, generic and header maps, reply and status filters, smtp_per_request_deadline.
@NullMarked
package org.postrider.smtp;

import org.jspecify.annotations.NullMarked;
