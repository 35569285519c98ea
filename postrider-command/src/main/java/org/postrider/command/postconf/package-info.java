/// command.postconf — `postconf`: shows parameters and services with their defaults and with what
/// the file says, and edits main.cf and master.cf (postconf(1)).
///
/// Who feeds it: the administrator's arguments and files, octet for octet: what is edited keeps
/// every comment and blank line that it does not concern.
///
/// Threads: one. It is called often, by scripts, and touches few classes.
///
/// Crash: an edited file is written beside the old one, forced and renamed; a fault before that
/// leaves the old one.
///
/// Not done yet: what differs from Postfix in print stands in src/test/postconf/differences.txt, a
/// line and its reason each.
@NullMarked
package org.postrider.command.postconf;

import org.jspecify.annotations.NullMarked;
