/// milter.wire — packets of the milter protocol (versions 2 to 6, as libmilter speaks it): four
/// octets of length, a command, what belongs to it.
///
/// - Fed by milters, which are trusted to see mail and with nothing else: a packet's length is
///   checked, and its memory charged, before any of it is read.
/// - Threads: one session's, on its thread.
/// - A reader keeps 512 octets; a writer keeps nothing between two events.
@NullMarked
package org.postrider.milter.wire;

import org.jspecify.annotations.NullMarked;
