package org.postrider.smtp;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.postrider.Until;

/// A next hop that answers each stage as its script says: `banner`, `ehlo`, `helo`, `mail`,
/// `rcpt1`, `rcpt`, `data`, `body`, `dot`, `rset`, `keywords`, `auth`, `auth1` and on for what
/// follows a 3xx. `CLOSE`, `RST` and `HANG` (mute from then on) are acts, `NONE` says nothing, `-`
/// a reply with no line end added. With a TLS context a `starttls` that is answered 220 is followed
/// by a handshake (`clear`: by none; `gone`: by one and the end), and what is offered then is
/// `tlskeywords`; `wrapped` begins with it; `renegotiates` asks for another handshake at each RCPT.
public final class ScriptedServer implements AutoCloseable {
    final List<String> heard = new CopyOnWriteArrayList<>();
    final List<String> bodies = new CopyOnWriteArrayList<>();

    /// Of `heard`, what came outside TLS.
    final List<String> heardInClear = new CopyOnWriteArrayList<>();

    /// Whom the client's certificate and those above it name; with `asks` in the script.
    final List<String> shown = new CopyOnWriteArrayList<>();

    private final @Nullable SSLContext tls;
    private final List<Map<String, String>> scripts;
    private final ServerSocket listener;
    private final List<Thread> talks = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private int connections;

    ScriptedServer(List<Map<String, String>> scripts) {
        this(scripts, null);
    }

    public ScriptedServer(List<Map<String, String>> scripts, @Nullable SSLContext tls) {
        this.scripts = scripts;
        this.tls = tls;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    String nexthop() {
        return "[127.0.0.1]:" + port();
    }

    int connections() {
        return connections;
    }

    /// The client closes each connection that it opened.
    boolean peerGone() throws InterruptedException {
        for (Thread each : talks) {
            each.join(Until.PATIENCE);
            if (each.isAlive()) {
                return false;
            }
        }
        return !talks.isEmpty();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket s = listener.accept();
                open.add(s);
                Map<String, String> script = scripts.get(Math.min(connections, scripts.size() - 1));
                connections++;
                talks.add(Thread.ofVirtual().start(() -> new Talk(s, script).run()));
            } catch (IOException e) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket s : open) {
            s.close();
        }
    }

    private final class Talk {
        private Socket socket;
        private final Map<String, String> script;
        private boolean ended;
        private boolean mute;

        Talk(Socket socket, Map<String, String> script) {
            this.socket = socket;
            this.script = script;
        }

        void run() {
            try (Socket whole = socket) {
                if (script.containsKey("wrapped")) {
                    handshake();
                }
                talk(new BufferedInputStream(socket.getInputStream()));
            } catch (IOException e) {
                heard.add("BROKEN");
            }
        }

        private void handshake() throws IOException {
            if (tls == null) {
                throw new IllegalStateException("no keys");
            }
            SSLSocket secure =
                    (SSLSocket) tls.getSocketFactory().createSocket(socket, null, 0, true);
            secure.setUseClientMode(false);
            secure.setNeedClientAuth(false);
            secure.setWantClientAuth(script.containsKey("asks"));
            if (script.containsKey("renegotiates")) {
                secure.setEnabledProtocols(new String[] {"TLSv1.2"});
            }
            secure.startHandshake();
            shown(secure);
            socket = secure;
            ended = script.containsKey("gone");
        }

        private void shown(SSLSocket secure) {
            try {
                for (Certificate each : secure.getSession().getPeerCertificates()) {
                    shown.add(((X509Certificate) each).getSubjectX500Principal().getName());
                }
            } catch (SSLPeerUnverifiedException e) {
                // The client has none.
            }
        }

        private String say(String stage, String otherwise) throws IOException {
            String reply = mute ? "NONE" : script.getOrDefault(stage, otherwise);
            switch (reply) {
                case "CLOSE" -> ended = true;
                case "RST" -> {
                    socket.setSoLinger(true, 0);
                    ended = true;
                }
                case "HANG" -> {
                    mute = true;
                }
                case "NONE" -> {
                    // One reply too few.
                }
                default -> {
                    String text =
                            reply.endsWith("-")
                                    ? reply.substring(0, reply.length() - 1)
                                    : reply + "\r\n";
                    for (byte b :
                            script.containsKey("slow")
                                    ? text.getBytes(StandardCharsets.ISO_8859_1)
                                    : new byte[0]) {
                        socket.getOutputStream().write(b);
                        socket.getOutputStream().flush();
                    }
                    if (!script.containsKey("slow")) {
                        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
                    }
                    ended = text.startsWith("421") && !script.containsKey("stay");
                }
            }
            return reply;
        }

        private void talk(InputStream from) throws IOException {
            InputStream in = from;
            say("banner", "220 sink.example ESMTP");
            int recipients = 0;
            int good = 0;
            while (!ended) {
                String line = line(in);
                if (line == null) {
                    heard.add("EOF");
                    return;
                }
                heard.add(line);
                if (!(socket instanceof SSLSocket)) {
                    heardInClear.add(line);
                }
                switch (line.split(" ", 2)[0]) {
                    case "EHLO" ->
                            say(
                                    socket instanceof SSLSocket ? "tlsehlo" : "ehlo",
                                    script.getOrDefault("ehlo", ehlo()));
                    case "HELO" -> say("helo", "250 sink.example");
                    case "MAIL" -> {
                        recipients = 0;
                        good = 0;
                        say("mail", "250 2.1.0 Ok");
                    }
                    case "RCPT" -> {
                        if (script.containsKey("renegotiates")
                                && socket instanceof SSLSocket secure) {
                            secure.startHandshake();
                        }
                        recipients++;
                        String r =
                                say(
                                        "rcpt" + recipients,
                                        script.getOrDefault("rcpt", "250 2.1.5 Ok"));
                        good += r.startsWith("2") ? 1 : 0;
                    }
                    case "DATA" -> data(in, good);
                    case "STARTTLS" -> {
                        String r = say("starttls", "220 2.0.0 go");
                        if (r.startsWith("220") && !script.containsKey("clear")) {
                            handshake();
                            in = new BufferedInputStream(socket.getInputStream());
                        }
                    }
                    case "AUTH" -> {
                        String r = say("auth", "235 2.7.0 ok");
                        for (int n = 1; r.matches("(?s)(.*\n)?3[^\n]*") && !ended; n++) {
                            String more = line(in);
                            if (more == null) {
                                return;
                            }
                            heard.add(more);
                            r = say("auth" + n, "235 2.7.0 ok");
                        }
                    }
                    case "RSET" -> say("rset", "250 2.0.0 Ok");
                    case "QUIT" -> {
                        say("quit", "221 2.0.0 Bye");
                        return;
                    }
                    default -> say("other", "500 5.5.2 what");
                }
            }
        }

        private String ehlo() {
            StringBuilder out = new StringBuilder("250-sink.example\r\n");
            String keywords =
                    script.getOrDefault("keywords", "PIPELINING,SIZE 10240000,8BITMIME,DSN");
            if (socket instanceof SSLSocket) {
                keywords = script.getOrDefault("tlskeywords", "PIPELINING,DSN");
            }
            for (String k : keywords.split(",")) {
                out.append("250-").append(k).append("\r\n");
            }
            return out + "250 X";
        }

        private void data(InputStream in, int good) throws IOException {
            String r =
                    say(
                            "data",
                            good > 0
                                    ? "354 go"
                                    : script.getOrDefault(
                                            "datanone", "554 5.5.1 no valid recipients"));
            if (!r.startsWith("354") || ended) {
                return;
            }
            if (script.containsKey("body")) {
                in.readNBytes(10);
                say("body", "");
                return;
            }
            StringBuilder body = new StringBuilder();
            for (String line = line(in); !".".equals(line); line = line(in)) {
                if (line == null) {
                    heard.add("EOF in data");
                    ended = true;
                    return;
                }
                body.append(line).append('\n');
            }
            bodies.add(body.toString());
            heard.add("<dot>");
            say("dot", "250 2.0.0 Ok: queued as X1");
            ended |= "CLOSE".equals(script.get("afterdot"));
        }

        /// A line that must end with CRLF; stray CR and LF show.
        private @Nullable String line(InputStream in) throws IOException {
            StringBuilder out = new StringBuilder();
            for (int c = in.read(); c >= 0; c = in.read()) {
                if (c == '\n') {
                    int n = out.length();
                    if (n > 0 && out.charAt(n - 1) == '\r') {
                        out.setLength(n - 1);
                    } else {
                        out.append("<bare LF>");
                    }
                    if (out.indexOf("\r") >= 0) {
                        out.append("<bare CR>");
                    }
                    return out.toString();
                }
                out.append((char) c);
            }
            return null;
        }
    }

    static List<Map<String, String>> script(String... pairs) {
        Map<String, String> out = new java.util.HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            out.put(pairs[i], pairs[i + 1]);
        }
        return new ArrayList<>(List.of(out));
    }
}
