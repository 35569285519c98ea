package org.postrider.command.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// The next hop of the demonstration: takes every mail and prints it. Loopback only.
final class DemoNextHop implements AutoCloseable {
    private final ServerSocket socket;
    private final PrintStream out;

    DemoNextHop(PrintStream out) throws IOException {
        this.out = out;
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::run);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void run() {
        while (!socket.isClosed()) {
            try {
                Socket one = socket.accept();
                Thread.ofVirtual().start(() -> serve(one));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket one) {
        try (one) {
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    one.getInputStream(), StandardCharsets.ISO_8859_1));
            OutputStream to = one.getOutputStream();
            say(to, "220 next-hop.example ESMTP demonstration");
            StringBuilder mail = new StringBuilder();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals("DATA")) {
                    say(to, "354 End data with <CR><LF>.<CR><LF>");
                    for (String l = in.readLine(); l != null && !l.equals("."); l = in.readLine()) {
                        mail.append("  | ").append(l).append('\n');
                    }
                    out.print("the next hop got:\n" + mail);
                    mail.setLength(0);
                    say(to, "250 2.0.0 Ok: shown");
                } else if (line.startsWith("QUIT")) {
                    say(to, "221 2.0.0 Bye");
                    return;
                } else {
                    if (line.startsWith("MAIL") || line.startsWith("RCPT")) {
                        mail.append("  | ").append(line).append('\n');
                    }
                    say(to, "250 2.0.0 Ok");
                }
            }
        } catch (IOException e) {
            // the client went away
        }
    }

    private static void say(OutputStream to, String line) throws IOException {
        to.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
