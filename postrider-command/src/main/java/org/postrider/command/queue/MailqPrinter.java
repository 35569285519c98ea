package org.postrider.command.queue;

import java.io.IOException;
import org.postrider.command.OctetOut;
import org.postrider.showq.QueueFile;
import org.postrider.showq.QueueVisitor;

/// The listing of `mailq` and `postqueue -p`.
final class MailqPrinter implements QueueVisitor {
    /// A reason is right-justified to this width.
    private static final int REASON_WIDTH = 76;

    private final OctetOut out;
    private final boolean longIds;
    private final int recipientColumn;
    private long messages;
    private long octets;
    private String saidReason = "";
    private long stampSecond = -1;
    private String stamp = "";

    MailqPrinter(OctetOut out, boolean longIds) {
        this.out = out;
        this.longIds = longIds;
        recipientColumn = longIds ? 47 : 41;
    }

    @Override
    public void message(
            String queueName,
            String id,
            long arrivalSeconds,
            long size,
            boolean forcedToExpire,
            String sender)
            throws IOException {
        if (messages++ == 0) {
            out.text(
                    longIds
                            ? "----Queue ID----- --Size-- ---Arrival Time---- --Sender/Recipient------\n"
                            : "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n");
        } else {
            out.octet('\n');
        }
        octets += size;
        saidReason = "";
        String status = queueName.equals("active") ? "*" : queueName.equals("hold") ? "!" : "";
        out.left(id + status + (forcedToExpire ? "#" : ""), longIds ? 17 : 11).octet(' ');
        out.right(Long.toString(size), longIds ? 8 : 7).octet(' ');
        out.text(stamp(arrivalSeconds)).octet(' ').text(sender).octet('\n');
    }

    private String stamp(long seconds) {
        if (seconds != stampSecond) {
            stampSecond = seconds;
            stamp = QueueFile.ctime(seconds * 1000).substring(0, longIds ? 19 : 20);
        }
        return stamp;
    }

    @Override
    public void recipient(String address, String reason) throws IOException {
        if (!reason.equals(saidReason)) {
            saidReason = reason;
            out.spaces(REASON_WIDTH - reason.length()).octet('(');
            out.text(reason.isEmpty() ? "reason unavailable" : reason).text(")\n");
        }
        out.spaces(recipientColumn).text(address).octet('\n');
    }

    /// The last line.
    void finish() throws IOException {
        if (messages == 0) {
            out.text("Mail queue is empty\n");
        } else {
            out.text("\n-- " + octets / 1024 + " Kbytes in " + messages);
            out.text(messages == 1 ? " Request.\n" : " Requests.\n");
        }
        out.flush();
    }
}
