/// disk — the only door to the filesystem for what must survive: real, and faulting for tests.
///
/// Who feeds it: the queue, maildrop and their like; [ForeignFile] opens what any user may have put
/// into a directory and says what it is from the open file; [Reading] is the door to files that
/// settings name and to those of the machine.
///
/// Threads: any; a file that is written has one writer.
///
/// Crash: what is written is safe only after `force`, a new name only after its directory was
/// forced. Tests have a disk that loses, tears and reorders everything else. A force that failed is
/// never tried again on the same file by who calls it.
///
/// Not done yet: indexed tables, the mail log and the files that commands edit are opened by their
/// own rooms; src/test/house lists where and why.
@NullMarked
package org.postrider.disk;

import org.jspecify.annotations.NullMarked;
