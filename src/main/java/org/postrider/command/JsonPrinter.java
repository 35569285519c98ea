package org.postrider.command;

import java.io.IOException;
import org.postrider.showq.QueueVisitor;

/// The listing of `postqueue -j`: a JSON object on a line for each message.
final class JsonPrinter implements QueueVisitor {
    private static final String HEX = "0123456789ABCDEF";

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
        quoted(queueName);
        out.text(", \"queue_id\": ");
        quoted(id);
        out.text(", \"arrival_time\": " + arrivalSeconds);
        out.text(", \"message_size\": " + size);
        out.text(", \"forced_expire\": ").text(forcedToExpire ? "true" : "false");
        out.text(", \"sender\": ");
        quoted(sender);
        out.text(", \"recipients\": [");
    }

    @Override
    public void recipient(String address, String reason) throws IOException {
        if (recipients) {
            out.text(", ");
        }
        recipients = true;
        out.text("{\"address\": ");
        quoted(address);
        if (!reason.isEmpty()) {
            out.text(", \"delay_reason\": ");
            quoted(reason);
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

    private void quoted(String text) throws IOException {
        out.octet('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.octet('\\').octet(c);
                case '\b' -> out.text("\\b");
                case '\f' -> out.text("\\f");
                case '\n' -> out.text("\\n");
                case '\r' -> out.text("\\r");
                case '\t' -> out.text("\\t");
                default -> plain(c);
            }
        }
        out.octet('"');
    }

    private void plain(char c) throws IOException {
        if (c < ' ' || c == 127) {
            out.text("\\u00").octet(HEX.charAt(c >> 4)).octet(HEX.charAt(c & 15));
        } else {
            out.octet(c);
        }
    }
}
