package org.postrider.command.queue;

import java.io.IOException;
import org.postrider.command.OctetOut;
import org.postrider.showq.QueueVisitor;

/// The listing of `postqueue -j`: a JSON object on a line for each message.
final class JsonPrinter implements QueueVisitor {
    private final OctetOut out;
    private boolean open;
    private boolean recipients;

    JsonPrinter(OctetOut out) {
        this.out = out;
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
        endMessage();
        open = true;
        recipients = false;
        out.text("{\"queue_name\": ");
        out.json(queueName);
        out.text(", \"queue_id\": ");
        out.json(id);
        out.text(", \"arrival_time\": " + arrivalSeconds);
        out.text(", \"message_size\": " + size);
        out.text(", \"forced_expire\": ").text(forcedToExpire ? "true" : "false");
        out.text(", \"sender\": ");
        out.json(sender);
        out.text(", \"recipients\": [");
    }

    @Override
    public void recipient(String address, String reason) throws IOException {
        if (recipients) {
            out.text(", ");
        }
        recipients = true;
        out.text("{\"address\": ");
        out.json(address);
        if (!reason.isEmpty()) {
            out.text(", \"delay_reason\": ");
            out.json(reason);
        }
        out.octet('}');
    }

    private void endMessage() throws IOException {
        if (open) {
            out.text("]}\n");
        }
    }

    void finish() throws IOException {
        endMessage();
        out.flush();
    }
}
