/// dmarc — whether a mail is from whom its From says (RFC 9989, with RFC 7489's public suffix list
/// where the administrator names the file; Postfix leaves it to milters: opendmarc).
///
/// [Dmarc] is asked with the author's domain ([Author]) and the domains that SPF and DKIM know a
/// mail by ([Identifier]); it finds the record ([DmarcRecord]) and the organizational domains
/// ([TreeWalk], [PublicSuffixes]) in the DNS and says what comes of it ([DmarcResult]).
///
/// **Trust**: a stranger chose all of it: the From, the signatures' domains, the records. A walk
/// asks at most 8 names, a mail at most [Zone#MOST_QUESTIONS]; only domains below the author's own
/// organizational domain are walked at all, as no other can be aligned.
///
/// **Threads**: settings are immutable; the questions of one mail are one thread's, and block.
///
/// **Trouble**: what the DNS does not say is `temperror`, what is there and malformed `permerror`;
/// neither is ever `pass`. A crash loses nothing here.
@NullMarked
package org.postrider.dmarc;

import org.jspecify.annotations.NullMarked;
