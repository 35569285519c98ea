package org.postrider.report;

import java.io.IOException;

/// One report, made and ready to go.
public interface Report {
    /// Blocking, bounded in time.
    ///
    /// @param place one of [Wanted.Places]
    /// @return what the log is to say of it
    /// @throws IOException why it did not go
    String send(String place) throws IOException;
}
