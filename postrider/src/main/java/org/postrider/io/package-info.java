/// io — connections with a deadline for each operation, TCP, UNIX and TLS alike; listeners;
/// connecting.
///
/// Who feeds it: strangers, any number of octets at any pace. A session that idles holds no
/// buffers; beyond a listener's limit clients wait in the kernel's queue.
///
/// Threads: one thread reads and writes a connection, any may close it. One watchdog looks at all
/// deadlines, with a resolution of 100 ms.
///
/// Crash and trouble: a deadline, an end and a fault of the system are three exceptions. Running
/// out of descriptors makes a listener wait, not end.
///
/// Not done yet: the address of a UNIX peer's process is not asked for.
@NullMarked
package org.postrider.io;

import org.jspecify.annotations.NullMarked;
