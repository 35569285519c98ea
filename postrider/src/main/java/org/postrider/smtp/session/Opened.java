package org.postrider.smtp.session;

import org.postrider.io.Connection;
import org.postrider.log.LogTag;

/// A connection as it was made.
///
/// @param by the delivery that wanted it
/// @param atNanos when it was begun
record Opened(Connection connection, LogTag by, long atNanos) {}
