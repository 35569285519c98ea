/// config — main.cf, master.cf and the parameter catalogue: the one configuration reader.
///
/// Who feeds it: the administrator, with files that are octets; commands, with what their options
/// say. Nothing of a stranger gets here.
///
/// A room declares what it reads as [Param] in its `*Params` class and gets it typed from
/// [Settings]. A [ServiceSettings] is main.cf with the `-o` of one line of master.cf. [Honoured]
/// and [Holds] know every name of Postfix's and what becomes of mail when one is set that we do not
/// honour.
///
/// Threads: what was read is immutable; a reload reads anew.
///
/// Crash and trouble: a fault is a [ConfigException] with file and line, at start, reload and
/// check; none is found while mail runs that could have been found then.
///
/// Not done yet: main.cf is read by the server's own user; nobody else's rights open it.
@NullMarked
package org.postrider.config;

import org.jspecify.annotations.NullMarked;
