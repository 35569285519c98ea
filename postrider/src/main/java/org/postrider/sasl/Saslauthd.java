package org.postrider.sasl;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.postrider.io.Connection;
import org.postrider.io.Connector;

/// Asks a saslauthd over its socket: login, password, service and realm, each after its length in
/// two octets; `OK` or `NO` comes back in the same form. Any thread.
final class Saslauthd implements Verifier {
    private static final long TIMEOUT_MILLIS = 30_000;
    private static final int LONGEST = 0xffff;

    private final Connector connector;
    private final List<Path> places;
    private final String service;

    /// @param places of the socket; the first that exists counts
    Saslauthd(Connector connector, List<Path> places, String service) {
        this.connector = connector;
        this.places = List.copyOf(places);
        this.service = service;
    }

    @Override
    public boolean verify(Login login, String password) throws IOException {
        byte[] request = request(login, password);
        Path socket = socket();
        try (Connection c =
                connector.connect(UnixDomainSocketAddress.of(socket), null, TIMEOUT_MILLIS)) {
            c.deadline(TIMEOUT_MILLIS);
            c.write(request, 0, request.length);
            byte[] length = read(c, 2);
            byte[] answer = read(c, (length[0] & 0xff) << 8 | length[1] & 0xff);
            return new String(answer, StandardCharsets.ISO_8859_1).startsWith("OK");
        } catch (IOException e) {
            throw new IOException("cannot connect to saslauthd server: " + e.getMessage(), e);
        }
    }

    private Path socket() throws IOException {
        for (Path place : places) {
            if (Files.exists(place)) {
                return place;
            }
        }
        throw new IOException("cannot connect to saslauthd server: No such file or directory");
    }

    private byte[] request(Login login, String password) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String field : List.of(login.user(), password, service, login.namedRealm())) {
            byte[] octets = field.getBytes(StandardCharsets.UTF_8);
            if (octets.length > LONGEST) {
                throw new IOException("a field for saslauthd is longer than " + LONGEST);
            }
            out.write(octets.length >> 8);
            out.write(octets.length);
            out.write(octets);
        }
        return out.toByteArray();
    }

    private static byte[] read(Connection c, int length) throws IOException {
        byte[] out = new byte[length];
        int at = 0;
        while (at < length) {
            int n = c.read(out, at, length - at);
            if (n < 0) {
                throw new EOFException("the connection was closed");
            }
            at += n;
        }
        return out;
    }
}
