/// queue.record — what of a message lies on disk, as octets: envelope, state, facts and content
/// head of a message record, marks, and the numbers behind queue ids.
///
/// **Formats**: numbers are big-endian, strings begin with their length, an envelope is made of
/// tagged fields. What a newer version wrote is kept and written back; a version of the record that
/// is not known is damage.
///
/// **Who feeds it**: octets of the disk, which may be damaged in any way. Every length is checked
/// before memory is taken for it; what is no record ends in one exception.
///
/// **Threads**: values and pure functions; [org.postrider.queue.record.QueueIds] has a lock of its
/// own. **Crash**: nothing here is kept. **Not yet**: recipients have no tagged fields of their
/// own.
@NullMarked
package org.postrider.queue.record;

import org.jspecify.annotations.NullMarked;
