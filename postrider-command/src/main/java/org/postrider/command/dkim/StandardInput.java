package org.postrider.command.dkim;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.postrider.command.CommandException;

/// A mail on standard input, with CRLF at each line end as it is sent.
///
/// @param header the block, with the line end of its last line
/// @param body the empty line first
/// @param crlf the lines came with CRLF
record StandardInput(byte[] header, byte[] body, boolean crlf) {
    private static final int MOST = 128 << 20;

    /// @throws CommandException if it is larger than 128 MiB
    static StandardInput read(InputStream in) throws IOException {
        byte[] all = in.readNBytes(MOST + 1);
        if (all.length > MOST) {
            throw new CommandException(1, "the mail has more than " + MOST + " octets");
        }
        boolean crlf = false;
        ByteArrayOutputStream out = new ByteArrayOutputStream(all.length + all.length / 16);
        int body = -1;
        int line = 0;
        for (int i = 0; i < all.length; i++) {
            boolean bare = all[i] == '\n' && (i == 0 || all[i - 1] != '\r');
            crlf |= all[i] == '\n' && !bare;
            if (bare) {
                out.write('\r');
            }
            out.write(all[i]);
            if (all[i] == '\n') {
                if (body < 0 && out.size() - line == 2) {
                    body = line;
                }
                line = out.size();
            }
        }
        byte[] mail = out.toByteArray();
        int at = body < 0 ? mail.length : body;
        return new StandardInput(
                Arrays.copyOf(mail, at), Arrays.copyOfRange(mail, at, mail.length), crlf);
    }
}
