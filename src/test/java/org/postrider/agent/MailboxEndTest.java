package org.postrider.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.Status;
import org.postrider.rights.Errno;
import org.postrider.rights.Trouble;
import org.postrider.rights.Trouble.Kind;

/// What becomes of mail for which there is no room, as real Postfix 3.7 has it: a disk without room
/// gets some, a user's quota does not.
class MailboxEndTest {
    private static Outcome of(int errno) {
        Trouble trouble =
                new Trouble(Kind.SYSTEM, errno, "error writing message: " + Errno.text(errno), "");
        return new MailboxEnd("local", new Status(5, 2, 0)).failed(trouble, "");
    }

    private static String said(int errno) {
        return switch (of(errno)) {
            case Outcome.Deferred d -> "deferred " + d.detail().status() + " " + d.detail().text();
            case Outcome.Bounced b -> "bounced " + b.detail().status() + " " + b.detail().text();
            default -> "neither";
        };
    }

    @Test
    void aFullDiskDefersAndAQuotaBounces() {
        assertEquals(
                "deferred 4.3.0 error writing message: No space left on device",
                said(Errno.ENOSPC));
        assertEquals(
                "bounced 5.2.2 error writing message: Disk quota exceeded", said(Errno.EDQUOT));
        assertEquals("bounced 5.2.2 error writing message: File too large", said(Errno.EFBIG));
    }
}
