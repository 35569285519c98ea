/// time — the only clock: wall time for stamps and lifetimes, monotonic time for deadlines and
/// back-off.
///
/// Who feeds it: nobody.
///
/// Threads: any.
///
/// No other room reads the system's clock, so a test can run days in seconds.
///
/// Crash: wall time may jump, back as well; whatever waits goes by monotonic time.
///
/// Not done yet: nothing.
@NullMarked
package org.postrider.time;

import org.jspecify.annotations.NullMarked;
