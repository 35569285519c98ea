package org.postrider.torture;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A next hop that takes everything and looks at every octet. Keeps the first mebibyte of a
/// content.
final class Sink implements AutoCloseable {
    /// @param envelope MAIL and RCPT lines as they came, octets as chars
    /// @param longest octets of the longest line, its end not counted
    /// @param bare a CR or LF that was no part of a CRLF came
    record Mail(List<String> envelope, String content, long octets, int longest, boolean bare) {
        int recipients() {
            return envelope.size() - 1;
        }
    }

    private static final int KEPT = 1 << 20;

    private final ServerSocket socket;
    private final String keywords;
    private final LinkedBlockingQueue<Mail> mails = new LinkedBlockingQueue<>();
    final AtomicInteger taken = new AtomicInteger();
    private volatile @Nullable Pattern refused;

    Sink(String... keywords) throws IOException {
        StringBuilder out = new StringBuilder();
        for (String k : keywords) {
            out.append("250-").append(k).append("\r\n");
        }
        this.keywords = out.toString();
        socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::run);
    }

    /// Answers 550 to what RCPT commands match.
    void refuse(String regex) {
        refused = Pattern.compile(regex);
    }

    int port() {
        return socket.getLocalPort();
    }

    @Nullable Mail next(long seconds) throws InterruptedException {
        return mails.poll(seconds, TimeUnit.SECONDS);
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

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(80);
        int c;
        while ((c = in.read()) >= 0 && c != '\n') {
            out.write(c);
        }
        if (c < 0) {
            throw new IOException("end");
        }
        String text = out.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private void serve(Socket one) {
        try (one) {
            InputStream in = new BufferedInputStream(one.getInputStream(), 1 << 16);
            OutputStream out = one.getOutputStream();
            say(out, "220 sink.example ESMTP\r\n");
            List<String> envelope = new ArrayList<>();
            while (true) {
                String line = line(in);
                String verb = line.length() < 4 ? line : line.substring(0, 4).toUpperCase();
                switch (verb) {
                    case "EHLO" -> say(out, "250-sink.example\r\n" + keywords + "250 HELP\r\n");
                    case "MAIL" -> {
                        envelope = new ArrayList<>(List.of(line));
                        say(out, "250 2.1.0 Ok\r\n");
                    }
                    case "RCPT" -> {
                        Pattern p = refused;
                        if (p != null && p.matcher(line).matches()) {
                            say(out, "550 5.1.1 refused: " + line + "\r\n");
                        } else {
                            envelope.add(line);
                            say(out, "250 2.1.5 Ok\r\n");
                        }
                    }
                    case "DATA" -> {
                        say(out, "354 go\r\n");
                        mails.add(content(in, envelope));
                        taken.incrementAndGet();
                        say(out, "250 2.0.0 Ok: sunk\r\n");
                    }
                    case "QUIT" -> {
                        say(out, "221 2.0.0 Bye\r\n");
                        return;
                    }
                    default -> say(out, "250 2.0.0 Ok\r\n");
                }
            }
        } catch (IOException e) {
            // the client went
        }
    }

    private static Mail content(InputStream in, List<String> envelope) throws IOException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        long octets = 0;
        int longest = 0;
        boolean bare = false;
        ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
        int last = 0;
        while (true) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("end");
            }
            if (last == '\r' && c != '\n') {
                bare = true;
            }
            bare |= c == '\n' && last != '\r';
            line.write(c);
            last = c;
            if (c != '\n') {
                continue;
            }
            byte[] all = line.toByteArray();
            line.reset();
            if (all.length == 3 && all[0] == '.') {
                return new Mail(
                        envelope,
                        kept.toString(StandardCharsets.ISO_8859_1),
                        octets,
                        longest,
                        bare);
            }
            int from = all[0] == '.' ? 1 : 0;
            octets += all.length - from;
            longest = Math.max(longest, all.length - from - 2);
            if (kept.size() < KEPT) {
                kept.write(all, from, all.length - from);
            }
        }
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
