package org.postrider.torture;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A client that sends what octets it likes.
final class Client implements AutoCloseable {
    final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Client(int port) throws IOException {
        this(port, "127.0.0.1");
    }

    /// @param from the address it comes from
    Client(int port, String from) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(from), 0);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(120_000);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /// A reply: its last line; "" where the server hung up.
    String hear() throws IOException {
        StringBuilder line = new StringBuilder();
        do {
            line.setLength(0);
            int c;
            while ((c = in.read()) >= 0 && c != '\n') {
                line.append((char) c);
            }
            if (c < 0) {
                return "";
            }
        } while (line.length() > 3 && line.charAt(3) == '-');
        return line.toString().stripTrailing();
    }

    void send(byte[] octets) throws IOException {
        out.write(octets);
    }

    void send(String octets) throws IOException {
        send(octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    String say(String line) throws IOException {
        send(line + "\r\n");
        return hear();
    }

    /// Greeting, EHLO, MAIL, RCPT and DATA: content may follow.
    Client opened(String... recipients) throws IOException {
        expect("220", hear());
        expect("250", say("EHLO client.example"));
        expect("250", say("MAIL FROM:<sender@client.example>"));
        for (String r : recipients) {
            expect("250", say("RCPT TO:<" + r + ">"));
        }
        expect("354", say("DATA"));
        return this;
    }

    static void expect(String code, String reply) {
        if (!reply.startsWith(code)) {
            throw new AssertionError("wanted " + code + ", heard " + reply);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
