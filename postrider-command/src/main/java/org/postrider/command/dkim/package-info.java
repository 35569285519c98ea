/// `postdkim`: makes keys of DKIM and the records that publish them, compares records with keys,
/// changes keys with overlap, and signs and verifies a mail on standard input (docs/dkim.md).
///
/// Fed by the administrator's arguments and main.cf, by DNS, and by the mails that it is given,
/// which are read whole within a limit. Keys are files of the configuration, made anew and never
/// written over.
///
/// Threads: none of its own. Crash: a key is there whole or not at all.
@NullMarked
package org.postrider.command.dkim;

import org.jspecify.annotations.NullMarked;
