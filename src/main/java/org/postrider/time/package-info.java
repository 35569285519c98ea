/// time — the only clock. Wall time for stamps and lifetimes, monotonic time for deadlines and
/// back-off. No other room reads the system's clock, so a test can run days in seconds. Fed by
/// nobody; any thread.
@NullMarked
package org.postrider.time;

import org.jspecify.annotations.NullMarked;
