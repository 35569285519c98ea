/// smtp.policy — under which TLS and as whom mail goes to one server of one next hop (Postfix:
/// smtp_tls_policy(3), smtp_sasl_glue(3)).
///
/// [Ways] is the one place that makes a [SessionKey] of next hop, server, [TlsPolicy] and [Login];
/// each has one resolver ([TlsPolicies], [Logins]). Fed by the administrator's tables and, for
/// their keys, by senders and DNS. What cannot be looked up, understood or kept is an answer of its
/// own and holds the mail: there is no weaker policy to fall back to.
///
/// Values, and resolvers that any thread may ask; they keep at most some hundred entries and
/// engines. A secret has no form to be shown in. Nothing to lose in a crash.
@NullMarked
package org.postrider.smtp.policy;

import org.jspecify.annotations.NullMarked;
