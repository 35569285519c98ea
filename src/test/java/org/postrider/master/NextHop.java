package org.postrider.master;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postrider.Until;

/// A recording SMTP server on a free loopback port.
public final class NextHop implements AutoCloseable {
    /// One mail as it came.
    public record Mail(String from, List<String> to, String content) {}

    private final ServerSocket socket;
    private final LinkedBlockingQueue<Mail> mails = new LinkedBlockingQueue<>();

    /// Recipients with `later` in their names are put off once.
    private final Set<String> putOff = ConcurrentHashMap.newKeySet();

    public NextHop() throws IOException {
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::run);
    }

    public int port() {
        return socket.getLocalPort();
    }

    /// The next mail, null when none comes.
    public @Nullable Mail next() throws InterruptedException {
        return mails.poll(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /// A mail that has come already; null for none.
    public @Nullable Mail taken() {
        return mails.poll();
    }

    /// Those that came so far and were not taken with [#next].
    public List<Mail> all() {
        return List.copyOf(mails);
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
            OutputStream out = one.getOutputStream();
            say(out, "220 next.example ESMTP");
            String from = "";
            List<String> to = new ArrayList<>();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("EHLO")) {
                    say(out, "250-next.example\r\n250 PIPELINING");
                } else if (line.startsWith("MAIL")) {
                    from = line;
                    to.clear();
                    say(out, "250 2.1.0 Ok");
                } else if (line.startsWith("RCPT")) {
                    if (line.contains("later") && putOff.add(line)) {
                        say(out, "450 4.2.0 come again");
                    } else if (line.contains("refused")) {
                        say(out, "550 5.1.1 no such user here");
                    } else {
                        to.add(line);
                        say(out, "250 2.1.5 Ok");
                    }
                } else if (line.equals("DATA")) {
                    if (to.isEmpty()) {
                        say(out, "554 5.5.1 no valid recipients");
                        continue;
                    }
                    say(out, "354 go on");
                    StringBuilder content = new StringBuilder();
                    for (String l = in.readLine(); l != null && !l.equals("."); l = in.readLine()) {
                        content.append(l).append('\n');
                    }
                    mails.add(new Mail(from, List.copyOf(to), content.toString()));
                    say(out, "250 2.0.0 Ok: taken");
                } else if (line.startsWith("QUIT")) {
                    say(out, "221 2.0.0 Bye");
                    return;
                } else {
                    say(out, "250 2.0.0 Ok");
                }
            }
        } catch (IOException e) {
            // the client went away
        }
    }

    private static void say(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
