/// command.demo — `postrider demo`: a server with settings of its own on ports of its own and a
/// next hop that shows what it gets, so that a newcomer sees mail pass through within a minute.
///
/// Who feeds it: the user who started it, on the loopback interface only.
///
/// Threads: the server's, and those of the next hop, which end with the command.
///
/// Crash: all its files stand in a directory of its own, `~/.postrider/demo` or the one named;
/// nothing of the machine's Postfix is touched, and the next start goes on with the queue that is
/// there.
///
/// Not done yet: it shows the way of one message, no tables and no TLS.
@NullMarked
package org.postrider.command.demo;

import org.jspecify.annotations.NullMarked;
