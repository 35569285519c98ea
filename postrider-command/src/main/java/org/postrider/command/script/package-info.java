/// command.script — postlog(1), postkick(1) and postlock(1): what shell scripts call.
///
/// [Postlog] writes lines into the mail log, [Postkick] wakes a service of the running server,
/// [Postlock] runs a command while a mailbox is locked as local deliveries lock it.
///
/// Who feeds it: scripts, of any user. Threads: one. Crash: a `.lock` file may be left behind,
/// which is broken when it is older than stale_lock_time.
@NullMarked
package org.postrider.command.script;

import org.jspecify.annotations.NullMarked;
