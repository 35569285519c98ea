/// log.trace — the files that the stories of messages are kept in (posttrace), and how one is found
/// there again.
///
/// Who feeds it: events of this mail system, whose texts strangers wrote; as lines of JSON none of
/// them can end a line. Written by one thread (`LineBuffer`'s), read by commands of the superuser.
///
/// The files are a ring of a bounded size: a new one is begun as the last is full or old, and the
/// oldest are deleted. None is forced to the disk: a crash of the machine may lose the last
/// seconds. A line that a crash cut off is passed over; what comes after a start stands in a new
/// file.
@NullMarked
package org.postrider.log.trace;

import org.jspecify.annotations.NullMarked;
