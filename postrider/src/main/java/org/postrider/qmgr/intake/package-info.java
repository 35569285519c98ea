/// How much of the queue the queue manager has in memory: messages under delivery, and how many of
/// their recipients. A message of very many is routed and delivered window by window, so that it
/// neither fills memory nor keeps others from theirs (qmgr(8); decision 0053).
///
/// **Who feeds it**: whoever sends mail says how many recipients it has; the administrator's limits
/// say how many are read.
///
/// **Threads**: counts only, asked and changed by any thread; [Intake]'s look at the queue is the
/// feeder's.
///
/// **Crash**: nothing here outlives the process; the next one counts anew.
@NullMarked
package org.postrider.qmgr.intake;

import org.jspecify.annotations.NullMarked;
