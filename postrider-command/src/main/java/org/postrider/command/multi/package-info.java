/// command.multi — `postmulti` and postfix-wrapper(5): several mail systems on one host, of which
/// the first one's main.cf names the others (multi_instance_directories).
///
/// Who feeds it: the administrator. It acts with his rights.
///
/// Threads: one; each command for an instance is a process of its own, one after the other.
///
/// Crash: main.cf and master.cf of a new instance are made beside their places and renamed,
/// master.cf last; only then is the instance named in the first one's main.cf. One that was half
/// made is completed by the same command.
///
/// Not done yet: a first instance of its own for each user without `-c`.
@NullMarked
package org.postrider.command.multi;

import org.jspecify.annotations.NullMarked;
