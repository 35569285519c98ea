/// pickup — takes local submissions out of maildrop (pickup(8)) and writes them there
/// (postdrop(1)'s part).
///
/// Local users feed it any file, link or directory under any name: only regular files with one link
/// and the format of docs/internals/maildrop.md are taken, all else is set aside in `corrupt`. A
/// file is deleted after the queue's commit: a crash in between makes a second copy, never none.
/// One thread scans.
@NullMarked
package org.postrider.pickup;

import org.jspecify.annotations.NullMarked;
