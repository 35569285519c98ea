/// queue.index — what memory knows of each message, in about 120 octets, and how it is rebuilt:
/// from a checkpoint and the tail of the log after it, or from the whole log.
///
/// **Crash**: recovery changes nothing on disk, so that it may be cut off and begun again. A bad
/// place after the last whole batch is a torn tail; any other is damage, which is set aside and
/// said.
///
/// **Who feeds it**: the disk. A checkpoint that does not fit the segments is not used.
///
/// **Threads**: all of it under the lock of the spool, recovery before anybody else knows of it.
/// **Not yet**: an index that does not fit the heap.
@NullMarked
package org.postrider.queue.index;

import org.jspecify.annotations.NullMarked;
