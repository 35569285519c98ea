/// move — postmove(1): the messages of a Postfix queue directory into ours, and ours into one.
///
/// **What it does**: takes the locks of both mail systems, opens the queue, and has
/// [org.postrider.moving] move batch by batch; says what was left, and counts.
///
/// **Who asks**: the administrator, with the server down. What lies in the other directory may be
/// damaged in any way.
///
/// **Threads**: one. **Crash**: the next run makes an end of what was begun.
@NullMarked
package org.postrider.command.move;

import org.jspecify.annotations.NullMarked;
