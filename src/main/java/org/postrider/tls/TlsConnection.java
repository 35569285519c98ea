package org.postrider.tls;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLKeyException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.postrider.io.Connection;

/// TLS over a connection, whose deadlines and ends it keeps. The session's thread reads and writes.
public final class TlsConnection implements Connection {
    private final Connection plain;
    private final SSLEngine engine;
    private ByteBuffer fromPeer;
    private ByteBuffer toPeer;
    private ByteBuffer clear;
    private boolean ended;

    TlsConnection(Connection plain, SSLEngine engine) {
        this.plain = plain;
        this.engine = engine;
        int packet = engine.getSession().getPacketBufferSize();
        fromPeer = ByteBuffer.allocate(packet).flip();
        toPeer = ByteBuffer.allocate(packet);
        clear = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).flip();
    }

    void handshake() throws IOException {
        engine.beginHandshake();
        ByteBuffer nothing = ByteBuffer.allocate(0);
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> tasks();
                case NEED_WRAP -> wrap(nothing);
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (!unwrap()) {
                        throw new EOFException("the client closed the connection");
                    }
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    return;
                }
            }
        }
    }

    private void tasks() {
        for (Runnable task = engine.getDelegatedTask();
                task != null;
                task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /// Encrypts what it is given, as far as one packet goes, and sends it.
    private void wrap(ByteBuffer from) throws IOException {
        toPeer.clear();
        SSLEngineResult result = engine.wrap(from, toPeer);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            toPeer = ByteBuffer.allocate(2 * toPeer.capacity());
            return;
        }
        plain.write(toPeer.array(), 0, toPeer.position());
        if (result.getStatus() == SSLEngineResult.Status.CLOSED && from.hasRemaining()) {
            throw new IOException("TLS is closed");
        }
    }

    /// Takes one packet; false at the peer's end.
    private boolean unwrap() throws IOException {
        while (true) {
            clear.compact();
            SSLEngineResult result;
            try {
                result = engine.unwrap(fromPeer, clear);
            } finally {
                clear.flip();
            }
            switch (result.getStatus()) {
                case OK -> {
                    return true;
                }
                case CLOSED -> {
                    return false;
                }
                case BUFFER_OVERFLOW -> {
                    ByteBuffer more = ByteBuffer.allocate(2 * clear.capacity());
                    more.put(clear).flip();
                    clear = more;
                }
                case BUFFER_UNDERFLOW -> {
                    if (!fill()) {
                        return false;
                    }
                }
            }
        }
    }

    private boolean fill() throws IOException {
        fromPeer.compact();
        if (!fromPeer.hasRemaining()) {
            ByteBuffer more = ByteBuffer.allocate(2 * fromPeer.capacity());
            fromPeer.flip();
            fromPeer = more.put(fromPeer);
        }
        try {
            int n =
                    plain.read(
                            fromPeer.array(),
                            fromPeer.position(),
                            fromPeer.capacity() - fromPeer.position());
            if (n > 0) {
                fromPeer.position(fromPeer.position() + n);
            }
            return n >= 0;
        } finally {
            fromPeer.flip();
        }
    }

    @Override
    public void deadline(long millis) {
        plain.deadline(millis);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (!clear.hasRemaining()) {
            if (ended || !unwrap()) {
                ended = true;
                return -1;
            }
            afterUnwrap();
        }
        int n = Math.min(length, clear.remaining());
        clear.get(into, offset, n);
        return n;
    }

    /// Key updates and the like want an answer.
    private void afterUnwrap() throws IOException {
        HandshakeStatus status = engine.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
            tasks();
        } else if (status == HandshakeStatus.NEED_WRAP) {
            wrap(ByteBuffer.allocate(0));
        }
    }

    @Override
    public int available() {
        return clear.remaining();
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(from, offset, length);
        while (buffer.hasRemaining()) {
            wrap(buffer);
        }
    }

    @Override
    public void write(byte[] a, int aOffset, int aLength, byte[] b, int bOffset, int bLength)
            throws IOException {
        write(a, aOffset, aLength);
        write(b, bOffset, bLength);
    }

    @Override
    public void idle(boolean now) {
        plain.idle(now);
    }

    @Override
    public void end() {
        plain.end();
    }

    @Override
    public SocketAddress remote() {
        return plain.remote();
    }

    @Override
    public SocketAddress local() {
        return plain.local();
    }

    /// `TLSv1.3`.
    public String protocol() {
        return engine.getSession().getProtocol();
    }

    /// The cipher by OpenSSL's name, as logs and headers have it.
    public String cipher() {
        return openssl(engine.getSession().getCipherSuite());
    }

    /// Its key length in bits.
    public int bits() {
        String suite = engine.getSession().getCipherSuite();
        return suite.contains("128") ? 128 : suite.contains("3DES") ? 112 : 256;
    }

    /// The peer's certificate as it came, verified or not; null where it sent none.
    public @Nullable X509Certificate peerCertificate() {
        try {
            return engine.getSession().getPeerCertificates()[0] instanceof X509Certificate c
                    ? c
                    : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    /// The certificate that we sent; in a resumed session that of the first one.
    public @Nullable X509Certificate serverCertificate() {
        Certificate[] ours = engine.getSession().getLocalCertificates();
        return ours != null && ours[0] instanceof X509Certificate c ? c : null;
    }

    /// Channel binding `tls-server-end-point` (RFC 5929 4); null where it is not defined for our
    /// certificate's signature (EdDSA).
    public byte @Nullable [] serverEndPoint() {
        X509Certificate ours = serverCertificate();
        return ours == null ? null : EndPoint.of(ours);
    }

    /// Channel binding `tls-exporter` (RFC 9266), 32 octets; null below TLS 1.3.
    public byte @Nullable [] exporter() {
        if (!protocol().equals("TLSv1.3")
                || !(engine.getSession() instanceof ExtendedSSLSession session)) {
            return null;
        }
        try {
            return session.exportKeyingMaterialData("EXPORTER-Channel-Binding", new byte[0], 32);
        } catch (SSLKeyException | UnsupportedOperationException e) {
            return null;
        }
    }

    static String openssl(String suite) {
        int with = suite.indexOf("_WITH_");
        if (with < 0) {
            return suite;
        }
        String exchange = suite.substring("TLS_".length(), with).replace('_', '-');
        String rest = suite.substring(with + "_WITH_".length());
        String cipher =
                rest.replace("AES_", "AES")
                        .replace("_CBC", "")
                        .replace("CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305")
                        .replace('_', '-');
        return (exchange.equals("RSA") ? "" : exchange + "-") + cipher.toUpperCase(Locale.ROOT);
    }

    /// Says goodbye where it can and closes.
    @Override
    public void close() {
        try {
            engine.closeOutbound();
            plain.deadline(1_000);
            wrap(ByteBuffer.allocate(0));
        } catch (IOException e) {
            // the peer is gone
        }
        plain.close();
    }
}
