package org.postrider.milter.client;

import java.util.List;
import org.postrider.milter.Changes;
import org.postrider.milter.wire.MilterException;
import org.postrider.milter.wire.Packet;
import org.postrider.milter.wire.Response;

/// Reads what a milter wants to be changed at the end of a message. One thread.
final class ChangeReader {
    private enum Body {
        UNTOUCHED,
        UNDER_WAY,
        WHOLE
    }

    private final Changes changes;
    private final String blank;
    private Body body = Body.UNTOUCHED;

    /// @param leadingSpace values come with the white space that stands behind the colon
    ChangeReader(Changes changes, boolean leadingSpace) {
        this.changes = changes;
        blank = leadingSpace ? "" : " ";
    }

    /// @throws MilterException where it makes no sense
    void read(Response response, Packet packet) throws MilterException {
        if (response == Response.REPLACE_BODY) {
            body(packet);
            return;
        }
        bodyEnds();
        switch (response) {
            case ADD_HEADER -> {
                List<String> field = strings(packet, 0, 2);
                changes.addHeader(field.get(0), blank + field.get(1));
            }
            case INSERT_HEADER -> {
                List<String> field = strings(packet, 4, 2);
                changes.insertHeader(packet.number(0), field.get(0), blank + field.get(1));
            }
            case CHANGE_HEADER -> {
                List<String> field = strings(packet, 4, 2);
                String name = named(field.get(0));
                if (field.get(1).isEmpty()) {
                    changes.deleteHeader(packet.number(0), name);
                } else {
                    changes.changeHeader(packet.number(0), name, blank + field.get(1));
                }
            }
            case CHANGE_FROM -> {
                List<String> all = addressed(packet);
                changes.changeFrom(all.get(0), all.get(1));
            }
            case ADD_RECIPIENT -> changes.addRecipient(strings(packet, 0, 1).getFirst(), "");
            case ADD_RECIPIENT_WITH -> {
                List<String> all = addressed(packet);
                changes.addRecipient(all.get(0), all.get(1));
            }
            case DELETE_RECIPIENT -> changes.deleteRecipient(strings(packet, 0, 1).getFirst());
            default -> throw new IllegalStateException(response.word());
        }
    }

    /// Something else has come: what came of a body is all of it.
    void bodyEnds() {
        if (body == Body.UNDER_WAY) {
            body = Body.WHOLE;
        }
    }

    /// Of a body more may be to come.
    boolean inBody() {
        return body == Body.UNDER_WAY;
    }

    private void body(Packet packet) throws MilterException {
        if (body == Body.WHOLE) {
            throw new MilterException(
                    "body replacement requests can't currently be mixed with other requests");
        }
        body = Body.UNDER_WAY;
        changes.replaceBody(packet.octets(), 0, packet.octets().length);
    }

    void quarantine(Packet packet) throws MilterException {
        List<String> reason = packet.strings(0, 16);
        changes.quarantine(reason.isEmpty() ? "" : reason.getFirst());
    }

    private static String named(String name) throws MilterException {
        if (name.isEmpty()) {
            throw new MilterException("null change header name");
        }
        return name;
    }

    private static List<String> strings(Packet packet, int from, int count) throws MilterException {
        byte[] octets = packet.octets();
        List<String> all = packet.strings(from, count + 1);
        if (all.size() < count || octets[octets.length - 1] != 0) {
            throw new MilterException("packet too short for string");
        }
        return all;
    }

    /// An address, and what may stand behind it.
    private static List<String> addressed(Packet packet) throws MilterException {
        List<String> all = strings(packet, 0, 1);
        return all.size() > 1 ? all : List.of(all.getFirst(), "");
    }
}
