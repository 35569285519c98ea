/// metrics — how much of what happens, for who counts and alarms: Prometheus's text format 0.0.4
/// over HTTP, and whether the server lives and takes mail (docs/metrics.md). A line of master.cf
/// asks for it: `127.0.0.1:9155 inet n - n - 10 metrics`. Without one nothing is counted.
///
/// - Fed by the log's events, on the threads that they happen to:
///   [org.postrider.metrics.MailCounters] adds to numbers and takes no lock. What the queue holds
///   is counted when somebody asks.
/// - Labels are words of this program's own, never a stranger's; a metric has 256 series at most,
///   and what is beyond them counts as `other`.
/// - [org.postrider.metrics.MetricsService] reads one request of 8192 octets at most, in
///   postrider_metrics_time_limit, answers and closes. As many at a time as the line's process
///   limit.
/// - Counts begin at 0 with the process, and live over reloads.
@NullMarked
package org.postrider.metrics;

import org.jspecify.annotations.NullMarked;
