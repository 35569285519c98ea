/// command.manager — what starts this program as a service and hears how it goes: systemd
/// (sd_notify(3)). Postfix has nothing of the kind: its unit does not ask.
///
/// Who feeds it: the service manager, which names its socket in the environment.
///
/// Threads: any; each saying is a socket of its own.
///
/// Crash: what was not said yet is not heard; systemd sees the end of the process itself.
@NullMarked
package org.postrider.command.manager;

import org.jspecify.annotations.NullMarked;
