package org.postrider.smtpd;

import java.io.IOException;

/// What comes after the greeting: commands and their effects, until the client, or we, have said
/// the last word.
interface Talk {
    /// @param counts of each verb, how often it came and succeeded
    void run(Session s, CommandCounts counts) throws IOException;
}
