package org.postrider.smtpd.session;

import java.io.IOException;
import org.postrider.smtpd.input.CommandCounts;

/// What comes after the greeting: commands and their effects, until the client, or we, have said
/// the last word.
public interface Talk {
    /// For one session: nothing has come yet.
    CommandCounts counts();

    /// @param counts of each verb, how often it came and succeeded
    void run(Session s, CommandCounts counts) throws IOException;
}
