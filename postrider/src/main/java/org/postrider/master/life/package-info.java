/// master.life — what lives as long as the server, over all reloads: its threads and logs ([Base]),
/// the counts of clients ([Counting]), the loop of pickup ([Submissions]), and the watch on the
/// process that `pid/master.pid` names ([MasterProcess]).
///
/// Nobody outside feeds it but the files of maildrop, which pickup checks. What is held is closed
/// at the end, the last first, each whatever the others do; a start that breaks off closes what it
/// had. After a crash the next server begins anew from the queue and from `data_directory`.
@NullMarked
package org.postrider.master.life;

import org.jspecify.annotations.NullMarked;
