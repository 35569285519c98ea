package org.postrider.report;

import java.io.DataInputStream;
import java.io.IOException;

/// What a kind of daily report is about. Any thread.
///
/// @param <R> a result that is counted
public interface Kind<R> {
    /// How it is called.
    ///
    /// @param all begins lines of the log about all of them: `reports on TLS`
    /// @param one begins lines about a domain's: `report on TLS with`
    /// @param results what is counted: `sessions`
    /// @param limit the parameter that bounds its memory
    /// @param file its counts under data_directory, without `.counts` and `.lock`
    /// @param magic the first eight octets of that file
    record Names(String all, String one, String results, String limit, String file, long magic) {}

    Names names();

    /// Of a day without results.
    Tally<R> tally();

    /// As it was written.
    ///
    /// @throws IOException if it was cut off
    /// @throws IllegalArgumentException if it is of another version
    Tally<R> tally(DataInputStream in) throws IOException;

    /// Octets of memory that a domain takes with its first result.
    long least(R first);

    /// Blocking.
    Wanted wanted(String domain);

    /// @param of the day and the domain that it tells of
    Report report(Due<R> of);
}
