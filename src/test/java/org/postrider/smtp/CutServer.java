package org.postrider.smtp;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// A next hop that gives a fixed reply to each command and is gone after so many octets.
final class CutServer implements AutoCloseable {
    /// Of each connection in which the final dot came: octets that had been read by then.
    final BlockingQueue<Integer> dotAt = new LinkedBlockingQueue<>();

    private final List<String> replies;
    private final ServerSocket listener;
    private final BlockingQueue<Cut> cuts = new LinkedBlockingQueue<>();

    private record Cut(int said, int read, boolean reset) {}

    private static final class Gone extends IOException {
        private static final long serialVersionUID = 1;
    }

    /// @param replies the last one is to the final dot
    CutServer(List<String> replies) throws IOException {
        this.replies = replies;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
    }

    String nexthop() {
        return "[127.0.0.1]:" + listener.getLocalPort();
    }

    /// What the next connection is.
    ///
    /// @param said how many octets it says
    /// @param read how many octets it reads
    void next(int said, int read, boolean reset) {
        cuts.add(new Cut(said, read, reset));
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (Socket s = listener.accept()) {
                Cut cut = cuts.take();
                s.setSoLinger(cut.reset(), 0);
                talk(s, cut);
            } catch (IOException e) {
                // gone, or the client is
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void talk(Socket s, Cut cut) throws IOException {
        InputStream in = new BufferedInputStream(s.getInputStream());
        int said = 0;
        int read = 0;
        for (int n = 0; n < replies.size(); n++) {
            boolean content = n == replies.size() - 1;
            StringBuilder heard = new StringBuilder();
            while (n > 0
                    && !(content
                            ? heard.toString().endsWith("\r\n.\r\n")
                            : heard.toString().endsWith("\r\n"))) {
                if (read == cut.read()) {
                    throw new Gone();
                }
                int c = in.read();
                if (c < 0) {
                    throw new Gone();
                }
                heard.append((char) c);
                read++;
            }
            if (content) {
                dotAt.add(read);
            }
            String reply = replies.get(n);
            String part = reply.substring(0, Math.min(reply.length(), cut.said() - said));
            s.getOutputStream().write(part.getBytes(StandardCharsets.US_ASCII));
            said += part.length();
            if (part.length() < reply.length()) {
                throw new Gone();
            }
        }
        in.readAllBytes();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
