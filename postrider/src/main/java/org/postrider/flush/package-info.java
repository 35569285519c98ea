/// flush — ETRN and flushing for one site (flush(8)). The queue itself is looked through, so that
/// no list of queue ids falls out of step with it.
///
/// Who feeds it: clients by ETRN, users by postqueue and sendmail; a site's name is a stranger's
/// text, and there is a bound on how many are asked for at a time.
///
/// Threads: any thread asks; one thread of the supervisor's looks, with a pause between two looks.
///
/// Crash: what was asked for is forgotten, and mail is tried at its own time.
///
/// Not done yet: fast_flush_refresh_time and fast_flush_purge_time have nothing to do here.
@NullMarked
package org.postrider.flush;

import org.jspecify.annotations.NullMarked;
