package org.postrider.tls;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What the two hellos say in clear that the JDK does not tell: the name asked for (RFC 6066 3),
/// the signature schemes offered and the group chosen (RFC 8446 4.2). A hello that is split over
/// records or malformed tells nothing here; the handshake decides about it.
final class HelloReader {
    static final int RECORD_HEADER = 5;
    private static final int MESSAGE_HEADER = 4;
    private static final int HANDSHAKE = 22;
    private static final int SERVER_NAME = 0;
    private static final int SIGNATURE_ALGORITHMS = 13;
    private static final int PRE_SHARED_KEY = 41;
    private static final int KEY_SHARE = 51;

    /// @param name octets as chars, as the client sent it; null for none
    /// @param schemes of signatures, the client's first choice first
    record Client(@Nullable String name, int[] schemes) {
        static final Client SILENT = new Client(null, new int[0]);
    }

    /// @param group of the key share (TLS 1.3); 0 for none
    /// @param resumed with a key of a former session (TLS 1.3)
    record Server(int group, boolean resumed) {
        static final Server SILENT = new Server(0, false);
    }

    private HelloReader() {}

    /// Whether such octets can begin a TLS handshake.
    static boolean record(ByteBuffer at) {
        return at.remaining() < 1 || at.get(at.position()) == HANDSHAKE;
    }

    /// Whether the first octet is a record's type; what is none need not be waited for.
    static boolean tls(ByteBuffer at) {
        int type = at.get(at.position());
        return type >= 20 && type <= 24;
    }

    /// The octets of a record with its header; 0 if that is not there yet.
    static int length(ByteBuffer at) {
        return at.remaining() < RECORD_HEADER
                ? 0
                : RECORD_HEADER + (at.getShort(at.position() + 3) & 0xffff);
    }

    static Client client(ByteBuffer record) {
        try {
            ByteBuffer hello = message(record, 1);
            if (hello == null) {
                return Client.SILENT;
            }
            hello.position(hello.position() + 2 + 32);
            skip(hello, hello.get() & 0xff);
            skip(hello, hello.getShort() & 0xffff);
            skip(hello, hello.get() & 0xff);
            String name = null;
            int[] schemes = new int[0];
            hello.getShort();
            while (hello.remaining() >= 4) {
                int type = hello.getShort() & 0xffff;
                ByteBuffer body = part(hello, hello.getShort() & 0xffff);
                if (type == SERVER_NAME && body.remaining() > 5) {
                    name = name(body);
                } else if (type == SIGNATURE_ALGORITHMS && body.remaining() > 2) {
                    schemes = schemes(part(body, body.getShort() & 0xffff));
                }
            }
            return new Client(name, schemes);
        } catch (java.nio.BufferUnderflowException | IllegalArgumentException e) {
            return Client.SILENT;
        }
    }

    private static @Nullable String name(ByteBuffer list) {
        list.getShort();
        int type = list.get();
        ByteBuffer name = part(list, list.getShort() & 0xffff);
        byte[] octets = new byte[name.remaining()];
        name.get(octets);
        return type == 0 ? new String(octets, StandardCharsets.ISO_8859_1) : null;
    }

    private static int[] schemes(ByteBuffer list) {
        int[] out = new int[list.remaining() / 2];
        for (int i = 0; i < out.length; i++) {
            out[i] = list.getShort() & 0xffff;
        }
        return out;
    }

    /// Null if this is no server hello.
    static @Nullable Server server(ByteBuffer record) {
        try {
            ByteBuffer hello = message(record, 2);
            if (hello == null) {
                return null;
            }
            hello.position(hello.position() + 2 + 32);
            skip(hello, hello.get() & 0xff);
            skip(hello, 3);
            int group = 0;
            boolean resumed = false;
            if (hello.remaining() >= 2) {
                hello.getShort();
            }
            while (hello.remaining() >= 4) {
                int type = hello.getShort() & 0xffff;
                ByteBuffer body = part(hello, hello.getShort() & 0xffff);
                group = type == KEY_SHARE ? body.getShort() & 0xffff : group;
                resumed |= type == PRE_SHARED_KEY;
            }
            return new Server(group, resumed);
        } catch (java.nio.BufferUnderflowException | IllegalArgumentException e) {
            return null;
        }
    }

    /// The first handshake message of a whole record, if it is of this type and all there.
    private static @Nullable ByteBuffer message(ByteBuffer record, int type) {
        ByteBuffer at = record.duplicate();
        int length = length(at);
        if (length < RECORD_HEADER + MESSAGE_HEADER
                || at.remaining() < length
                || at.get() != HANDSHAKE) {
            return null;
        }
        at.position(at.position() + 4);
        if ((at.getInt(at.position()) >>> 24) != type) {
            return null;
        }
        int octets = at.getInt() & 0xffffff;
        return part(at, octets);
    }

    private static void skip(ByteBuffer at, int octets) {
        at.position(at.position() + octets);
    }

    private static ByteBuffer part(ByteBuffer at, int octets) {
        ByteBuffer out = at.slice(at.position(), Math.min(octets, at.remaining()));
        if (out.remaining() < octets) {
            throw new java.nio.BufferUnderflowException();
        }
        skip(at, octets);
        return out;
    }
}
