package org.postrider.smtp;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A next hop that does the steps of a script with each connection, as src/test/torture/evil-hops
/// does them.
final class EvilServer implements AutoCloseable {
    private static final Map<String, String> WORDS =
            Map.of(
                    "ESMTP", "\"220 sink ESMTP\\r\\n\" ; < ; \"250 sink\\r\\n\"",
                    "PIPE",
                            "\"220 sink ESMTP\\r\\n\" ; < ;"
                                    + " \"250-sink\\r\\n250 PIPELINING\\r\\n\"",
                    "MAIL", "< ; \"250 2.1.0 Ok\\r\\n\"",
                    "RCPT", "< ; \"250 2.1.5 Ok\\r\\n\"",
                    "DATA", "< ; \"354 go\\r\\n\"",
                    "DOT", "<. ; \"250 2.0.0 Ok\\r\\n\"");
    private static final Pattern SAID = Pattern.compile("(?:(\\d+)\\*)?\"(.*)\"");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:x(..)|(.))");

    private final ServerSocket listener;
    private final List<String> steps;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    EvilServer(String script) throws IOException {
        steps = steps(script);
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    String nexthop() {
        return "[127.0.0.1]:" + listener.getLocalPort();
    }

    private static List<String> steps(String script) {
        List<String> out = new ArrayList<>();
        for (String each : script.strip().split(" ; ")) {
            String word = WORDS.get(each);
            if (word != null) {
                out.addAll(steps(word));
            } else if (!each.isEmpty()) {
                out.add(each);
            }
        }
        return out;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket s = listener.accept();
                open.add(s);
                Thread.ofVirtual().start(() -> serve(s));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket s) {
        try (s) {
            InputStream in = new BufferedInputStream(s.getInputStream());
            for (String step : steps) {
                step(step, s, in);
            }
        } catch (IOException e) {
            // the client left
        }
    }

    private static void step(String step, Socket s, InputStream in) throws IOException {
        OutputStream out = s.getOutputStream();
        Matcher said = SAID.matcher(step);
        if (said.matches()) {
            byte[] octets = octets(said.group(2)).getBytes(StandardCharsets.ISO_8859_1);
            int times = said.group(1) == null ? 1 : Integer.parseInt(said.group(1));
            byte[] all = new byte[octets.length * times];
            for (int i = 0; i < all.length; i++) {
                all[i] = octets[i % octets.length];
            }
            out.write(all);
            return;
        }
        switch (step) {
            case "wait" -> LockSupport.parkNanos(50_000_000L);
            case "rst" -> s.setSoLinger(true, 0);
            case "hang" -> in.skip(Long.MAX_VALUE);
            case "<" -> line(in);
            case "<." -> {
                for (String line = line(in); !line.equals(".\r\n"); line = line(in)) {
                    if (line.isEmpty()) {
                        return;
                    }
                }
            }
            default -> throw new IllegalArgumentException(step);
        }
    }

    private static String octets(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(m ->
                        Matcher.quoteReplacement(
                                m.group(1) != null
                                        ? String.valueOf((char) Integer.parseInt(m.group(1), 16))
                                        : switch (m.group(2)) {
                                            case "r" -> "\r";
                                            case "n" -> "\n";
                                            case "t" -> "\t";
                                            case "0" -> "\0";
                                            default -> throw new IllegalArgumentException(text);
                                        }));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder out = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            out.append((char) c);
            if (c == '\n') {
                break;
            }
        }
        return out.toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket s : open) {
            s.close();
        }
    }
}
