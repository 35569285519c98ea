/// master.listen — where the mail system listens, as the lines of master.cf and inet_interfaces
/// say, and the sessions that come of it: their limits, their pseudo-pids, what is done under
/// stress, and how they end.
///
/// Strangers connect here and nothing of what they say is read here. Accepting is a loop a place,
/// each session a thread of its own; over the process limit of a line, or over the descriptors that
/// this process may have, clients wait in the kernel. Nothing is kept over a crash. Not yet: `pass`
/// lines, whose clients another process hands over.
@NullMarked
package org.postrider.master.listen;

import org.jspecify.annotations.NullMarked;
