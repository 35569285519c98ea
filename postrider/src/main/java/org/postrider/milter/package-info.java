/// milter — what is configured of mail filter applications (Postfix: milter(3), milter8(3)).
///
/// **Not done yet**: the protocol. Until it is built each milter that is configured acts as one
/// that cannot be reached, so that no mail passes unseen: `milter_default_action`, or a milter's
/// own `default_action`, decides what becomes of the session ([Milters]).
///
/// **Who feeds it**: main.cf, and smtpd_milter_maps by a client's address.
///
/// **Threads**: immutable.
@NullMarked
package org.postrider.milter;

import org.jspecify.annotations.NullMarked;
