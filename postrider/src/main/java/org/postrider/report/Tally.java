package org.postrider.report;

import java.io.DataOutputStream;
import java.io.IOException;

/// The results of one domain in one day. Whoever has it guards it.
///
/// @param <R> a result
public interface Tally<R> {
    /// Counts one.
    ///
    /// @param room octets that it may grow by
    /// @return octets that it grew by
    long add(R result, long room);

    /// How much memory it takes.
    long octets();

    /// As [Kind#tally] reads it.
    void write(DataOutputStream out) throws IOException;
}
