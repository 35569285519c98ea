package org.postrider.smtp;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// An LMTP server (RFC 2033) that answers each stage as its script says: `banner`, `lhlo`, `mail`,
/// `rcpt1`, `data`, `dot1`, `quit`, and `keywords`. `CLOSE` and `HANG` are acts, `ENDLESS` is a
/// reply that has no end, `+` before one adds it to what would be said otherwise.
final class LmtpServer implements AutoCloseable {
    final List<String> heard = new CopyOnWriteArrayList<>();
    final AtomicInteger connections = new AtomicInteger();

    /// It has heard QUIT, and answers once it may.
    final CountDownLatch goodbye = new CountDownLatch(1);

    final CountDownLatch mayAnswerGoodbye;
    private final ServerSocketChannel listener;
    private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
    private final Map<String, String> script;
    private final @Nullable Path path;

    /// Octets that it says before it hangs up.
    private final int most;

    private LmtpServer(@Nullable Path path, int most, int holds, Map<String, String> script)
            throws IOException {
        this.path = path;
        this.most = most;
        this.script = script;
        mayAnswerGoodbye = new CountDownLatch(holds);
        listener =
                path == null
                        ? ServerSocketChannel.open()
                        : ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        SocketAddress at =
                path == null
                        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)
                        : UnixDomainSocketAddress.of(path);
        listener.bind(at);
        Thread.ofVirtual().start(this::accept);
    }

    static LmtpServer onTcp(String... script) throws IOException {
        return new LmtpServer(null, Integer.MAX_VALUE, 0, map(script));
    }

    static LmtpServer at(Path path, String... script) throws IOException {
        return new LmtpServer(path, Integer.MAX_VALUE, 0, map(script));
    }

    /// Hangs up after so many octets.
    static LmtpServer cutAt(Path path, int most, String... script) throws IOException {
        return new LmtpServer(path, most, 0, map(script));
    }

    /// Answers QUIT when it is told to.
    static LmtpServer slowToSayGoodbye(Path path) throws IOException {
        return new LmtpServer(path, Integer.MAX_VALUE, 1, Map.of());
    }

    private static Map<String, String> map(String... pairs) {
        Map<String, String> out = new java.util.HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            out.put(pairs[i], pairs[i + 1]);
        }
        return out;
    }

    String nexthop() throws IOException {
        return listener.getLocalAddress() instanceof InetSocketAddress inet
                ? "inet:[127.0.0.1]:" + inet.getPort()
                : "unix:" + path;
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel c = listener.accept();
                open.add(c);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> new Talk(c).run());
            } catch (IOException e) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        mayAnswerGoodbye.countDown();
        for (SocketChannel each : open) {
            each.close();
        }
        if (path != null) {
            Files.deleteIfExists(path);
        }
    }

    private final class Talk {
        private final SocketChannel channel;
        private final OutputStream out;
        private int said;
        private int asked;
        private int accepted;

        Talk(SocketChannel channel) {
            this.channel = channel;
            out = Channels.newOutputStream(channel);
        }

        void run() {
            try (SocketChannel whole = channel) {
                talk(new BufferedInputStream(Channels.newInputStream(channel)));
            } catch (IOException e) {
                heard.add("END");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private String say(String stage, String otherwise) throws IOException {
            String reply = script.getOrDefault(stage, otherwise);
            if (reply.startsWith("+")) {
                reply = otherwise + "\r\n" + reply.substring(1);
            }
            switch (reply) {
                case "CLOSE" -> throw new IOException("closed");
                case "HANG" -> {
                    while (channel.isOpen()) {
                        Channels.newInputStream(channel).readAllBytes();
                        throw new IOException("closed");
                    }
                }
                case "ENDLESS" -> {
                    while (true) {
                        octets("250-and another line of it\r\n".repeat(100));
                    }
                }
                default -> octets(reply + "\r\n");
            }
            return reply;
        }

        private void octets(String text) throws IOException {
            byte[] all = text.getBytes(StandardCharsets.ISO_8859_1);
            int n = Math.min(all.length, most - said);
            out.write(all, 0, n);
            said += n;
            if (said == most) {
                throw new IOException("cut");
            }
        }

        private void talk(InputStream in) throws IOException, InterruptedException {
            say("banner", "220 store.example LMTP");
            for (String line = line(in); line != null; line = line(in)) {
                heard.add(line);
                switch (line.split(" ", 2)[0]) {
                    case "LHLO" -> {
                        String keywords = script.getOrDefault("keywords", "PIPELINING");
                        say("lhlo", "250-store.example\r\n250 " + keywords);
                    }
                    case "MAIL" -> {
                        asked = 0;
                        accepted = 0;
                        say("mail", "250 2.1.0 Ok");
                    }
                    case "RCPT" -> {
                        asked++;
                        boolean good = say("rcpt" + asked, "250 2.1.5 Ok").startsWith("2");
                        accepted += good ? 1 : 0;
                    }
                    case "DATA" -> data(in);
                    case "RSET" -> say("rset", "250 2.0.0 Ok");
                    case "QUIT" -> {
                        goodbye.countDown();
                        mayAnswerGoodbye.await();
                        say("quit", "221 2.0.0 Bye");
                        return;
                    }
                    default -> say("other", "500 5.5.2 what");
                }
            }
            heard.add("END");
        }

        private void data(InputStream in) throws IOException {
            if (!say("data", accepted > 0 ? "354 go" : "503 5.5.1 none").startsWith("354")) {
                return;
            }
            for (String line = line(in); !".".equals(line); line = line(in)) {
                if (line == null) {
                    throw new IOException("lost");
                }
            }
            heard.add("<dot>");
            for (int n = 1; n <= accepted; n++) {
                say("dot" + n, "250 2.0.0 stored " + n);
            }
        }

        private static @Nullable String line(InputStream in) throws IOException {
            StringBuilder out = new StringBuilder();
            for (int c = in.read(); c >= 0; c = in.read()) {
                if (c == '\n') {
                    return out.toString().stripTrailing();
                }
                out.append((char) c);
            }
            return null;
        }
    }
}
