/// authentication — what is known of the authenticity of a mail put together: the client's name
/// (iprev), SPF, DKIM, ARC and DMARC (Postfix leaves it to milters and policy servers: opendkim,
/// opendmarc, openarc, policyd-spf).
///
/// A listener has an [Authentication] if authentication_checks names something; a stranger's mail
/// has a [MailAuthentication], which asks for SPF while the envelope comes, hears the content once
/// as it goes by ([MailAuthentication#tap]), and has its [Results] before the content's end is
/// answered. Restrictions, policy servers and milters look at the same results; the header says
/// them (chamber `field`).
///
/// **Trust**: all of it is a stranger's: names, header, keys, records. What may be asked and held
/// is limited by spf_…, dkim_… and dmarc_… parameters; a header that is kept once more is charged
/// first; nothing of a stranger becomes a line, a comment or a result of ours.
///
/// **Threads**: an [Authentication] is immutable. A [MailAuthentication] is its session's alone;
/// SPF is asked on threads of its own, whose answers are waited for until a deadline.
///
/// **Trouble**: what cannot be found out now is `temperror`: it never lets pass what a restriction
/// would refuse. A crash loses nothing here.
@NullMarked
package org.postrider.authentication;

import org.jspecify.annotations.NullMarked;
