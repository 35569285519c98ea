package org.postrider.pickup;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A whole file of maildrop: first the lines of its head, then its content. What is in it was
/// written by any local user: nothing is trusted. One thread.
interface Submitted {
    /// The next `name value` of the head (docs/internals/maildrop.md); null after the last.
    ///
    /// @throws MaildropFile.BadFileException the head is malformed
    @Nullable String line() throws IOException;

    /// Octets of the content, lines ended by LF, into the array.
    ///
    /// @return how many, -1 at its end
    int content(byte[] into, int offset, int length) throws IOException;
}
