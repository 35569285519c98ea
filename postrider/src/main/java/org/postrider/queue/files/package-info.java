/// queue.files — the files below queue_directory and who may write over them: segments of the
/// journal, bodies that are too large for it, and what is set aside in `corrupt/`.
///
/// **Crash**: a batch is one write and one force; a segment whose force failed is never written
/// again. A body file is forced, with its directory, before a record refers to it, and is deleted
/// or written over only after no durable record does (docs/internals/queue.md).
///
/// **Who feeds it**: a client's content, which may look like records of the journal. The key of
/// each use of a segment, and the number of each use of a body file, keep the two apart.
///
/// **Threads**: a journal has one writer at a time, the commit leader; its segments' books are kept
/// under the lock of the spool. Bodies and their writers: any thread. **Not yet**: cold mail is not
/// kept apart from fresh mail.
@NullMarked
package org.postrider.queue.files;

import org.jspecify.annotations.NullMarked;
