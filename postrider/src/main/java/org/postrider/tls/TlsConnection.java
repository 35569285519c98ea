package org.postrider.tls;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLKeyException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.postrider.io.Connection;
import org.postrider.tls.proof.Authorities;
import org.postrider.tls.proof.Judge;

/// TLS over a connection, whose deadlines and ends it keeps. The session's thread reads and writes.
public final class TlsConnection implements Connection {
    private static final String SEEN = "org.postrider.tls.seen";

    private boolean again;
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);
    private static final int SMALL = 512;
    private static final ServerProof.Verdict NOTHING =
            new ServerProof.Verdict(false, false, null, null);
    private static final int MOST_PACKET = 16_384 + 2_048 + HelloReader.RECORD_HEADER;

    private final Connection plain;
    private final BufferPool buffers;
    private final boolean client;
    private @Nullable SSLEngine made;
    private ByteBuffer fromPeer = EMPTY;
    private ByteBuffer clear = EMPTY;
    private @Nullable String servedAs;
    private boolean established;
    private boolean ended;
    private HelloReader.Client hello = HelloReader.Client.SILENT;
    private HelloReader.Server answer = HelloReader.Server.SILENT;
    private @Nullable PeerCertificate peer;
    private ServerProof.Verdict verdict = NOTHING;

    /// @param client this end begins the handshake
    TlsConnection(Connection plain, BufferPool buffers, boolean client) {
        this.plain = plain;
        this.client = client;
        this.buffers = buffers;
    }

    private SSLEngine engine() {
        SSLEngine engine = made;
        if (engine == null) {
            throw new IllegalStateException("no handshake yet");
        }
        return engine;
    }

    /// Reads the client's hello as far as its first record goes.
    HelloReader.Client hello() throws IOException {
        while (HelloReader.record(fromPeer)) {
            int length = HelloReader.length(fromPeer);
            if (length > 0 && fromPeer.remaining() >= length) {
                return HelloReader.client(fromPeer);
            }
            if (length > 17_000) {
                break;
            }
            if (!fill()) {
                throw new EOFException("lost connection");
            }
        }
        return HelloReader.Client.SILENT;
    }

    void handshake(SSLEngine engine, HelloReader.Client asked) throws IOException {
        made = engine;
        hello = asked;
        engine.beginHandshake();
        try {
            while (!established) {
                switch (engine.getHandshakeStatus()) {
                    case NEED_TASK -> tasks();
                    case NEED_WRAP -> wrap(EMPTY);
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                        if (!unwrap()) {
                            throw new EOFException("lost connection");
                        }
                    }
                    case FINISHED, NOT_HANDSHAKING -> established = true;
                }
            }
        } catch (SSLException e) {
            alert();
            throw e;
        }
    }

    /// Says what went wrong, if it still can.
    private void alert() {
        try {
            for (int i = 0; i < 3 && !engine().isOutboundDone(); i++) {
                wrap(EMPTY);
            }
        } catch (IOException e) {
            // the peer is gone, or this is what went wrong
        }
    }

    /// Looks at what the peer has shown.
    void certificate(Authorities authorities, ServerProof wanted, String digest) {
        SSLSession session = engine().getSession();
        // Below TLS 1.3 it is the very same object.
        again = answer.resumed() || session.getValue(SEEN) != null;
        session.putValue(SEEN, SEEN);
        List<X509Certificate> chain = shown();
        if (chain.isEmpty()) {
            return;
        }
        verdict = Judge.judge(wanted, chain, authorities);
        peer = PeerCertificate.of(chain.getFirst(), verdict.fault(), digest);
    }

    /// The certificates that the peer has shown, its own first.
    public List<X509Certificate> chain() {
        return List.copyOf(shown());
    }

    /// What the session is known by, below TLS 1.3; empty for nothing.
    public String sessionId() {
        return protocol().equals("TLSv1.3")
                ? ""
                : HexFormat.of().formatHex(engine().getSession().getId());
    }

    /// A client's: this session goes on with what an earlier one agreed on.
    public boolean resumed() {
        return again;
    }

    /// @param before an earlier session's [#sessionId]
    /// @return this one goes on with what an earlier one agreed on
    public boolean resumed(String before) {
        return answer.resumed() || !before.isEmpty() && before.equals(sessionId());
    }

    private List<X509Certificate> shown() {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (Certificate each : engine().getSession().getPeerCertificates()) {
                if (each instanceof X509Certificate c) {
                    chain.add(c);
                }
            }
        } catch (SSLPeerUnverifiedException e) {
            // It showed none.
        }
        return chain;
    }

    private void tasks() {
        SSLEngine engine = engine();
        for (Runnable task = engine.getDelegatedTask();
                task != null;
                task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /// Encrypts what it is given, as far as one packet goes, and sends it.
    private void wrap(ByteBuffer from) throws IOException {
        SSLEngine engine = engine();
        ByteBuffer toPeer = buffers.take(engine.getSession().getPacketBufferSize());
        try {
            SSLEngineResult result = engine.wrap(from, toPeer);
            while (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
                toPeer = ByteBuffer.allocate(2 * toPeer.capacity());
                result = engine.wrap(from, toPeer);
            }
            if (!established) {
                hellos(toPeer.duplicate().flip(), client);
            }
            plain.write(toPeer.array(), 0, toPeer.position());
            if (result.getStatus() == SSLEngineResult.Status.CLOSED && from.hasRemaining()) {
                throw new IOException("TLS is closed");
            }
        } finally {
            buffers.give(toPeer);
        }
    }

    /// Keeps what a hello in clear says, of the other side's or of our own record.
    private void hellos(ByteBuffer record, boolean ofClient) {
        if (ofClient) {
            HelloReader.Client said = HelloReader.client(record);
            hello = said.schemes().length == 0 ? hello : said;
        } else {
            HelloReader.Server said = HelloReader.server(record);
            answer = said == null ? answer : said;
        }
    }

    /// Takes one packet; false at the peer's end.
    private boolean unwrap() throws IOException {
        while (true) {
            refuseRenegotiation();
            refuseClearText();
            int length = HelloReader.length(fromPeer);
            if (fromPeer.hasRemaining() && !HelloReader.tls(fromPeer)) {
                throw new SSLException("not a TLS record");
            }
            if (length == 0 || fromPeer.remaining() < length) {
                if (length > MOST_PACKET) {
                    throw new SSLException("a record of " + length + " octets");
                }
                if (!fill()) {
                    return false;
                }
                continue;
            }
            if (client && !established) {
                hellos(fromPeer.duplicate(), false);
            }
            room(length);
            SSLEngineResult result;
            clear.compact();
            try {
                result = engine().unwrap(fromPeer, clear);
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
                case BUFFER_OVERFLOW -> room(engine().getSession().getApplicationBufferSize());
                case BUFFER_UNDERFLOW -> {
                    if (!fill()) {
                        return false;
                    }
                }
            }
        }
    }

    /// Below TLS 1.3 the type of a record is told in clear: once established, no handshake begins
    /// anew (RFC 5746 lets a server refuse).
    private void refuseRenegotiation() throws SSLException {
        if (established
                && fromPeer.hasRemaining()
                && fromPeer.get(fromPeer.position()) == 22
                && !protocol().equals("TLSv1.3")) {
            throw new SSLException("renegotiation refused");
        }
    }

    /// A server that goes on in clear is found out at its first octets, not when it falls silent.
    private void refuseClearText() throws SSLException {
        if (client && !established && fromPeer.hasRemaining()) {
            int at = fromPeer.position();
            int type = fromPeer.get(at);
            boolean version = fromPeer.remaining() < 2 || fromPeer.get(at + 1) == 3;
            if (type < 20 || type > 24 || !version) {
                throw new SSLException("no TLS record");
            }
        }
    }

    /// Room in `clear` for so many octets after what is there.
    private void room(int octets) {
        if (clear.capacity() - clear.remaining() < octets) {
            ByteBuffer more = ByteBuffer.allocate(clear.remaining() + octets);
            clear = more.put(clear).flip();
        }
    }

    private boolean fill() throws IOException {
        int length = HelloReader.length(fromPeer);
        int wanted = Math.max(Math.max(length, fromPeer.remaining() + 1), SMALL);
        if (fromPeer.capacity() < wanted) {
            ByteBuffer more = ByteBuffer.allocate(wanted > SMALL ? MOST_PACKET : SMALL);
            fromPeer = more.put(fromPeer);
        } else {
            fromPeer.compact();
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

    /// The peer has said that nothing follows (close_notify): what was read until the end is all.
    public boolean closed() {
        return engine().isInboundDone();
    }

    /// Key updates and the like want an answer.
    private void afterUnwrap() throws IOException {
        HandshakeStatus status = engine().getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
            tasks();
        } else if (status == HandshakeStatus.NEED_WRAP) {
            wrap(EMPTY);
        }
    }

    /// What TLS adds to a record is far less than half of it.
    @Override
    public int room() {
        return Math.max(LEAST_ROOM, plain.room() / 2);
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
        if (now) {
            clear = clear.hasRemaining() ? clear : EMPTY;
            fromPeer = fromPeer.hasRemaining() ? fromPeer : EMPTY;
        }
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

    /// A server says whose name the client asked for and gets (SNI).
    public void servedAs(@Nullable String name) {
        servedAs = name;
    }

    /// The name that the client asked for and got; null for none.
    public @Nullable String servedAs() {
        return servedAs;
    }

    /// `TLSv1.3`.
    public String protocol() {
        return engine().getSession().getProtocol();
    }

    /// The cipher by OpenSSL's name, as logs and headers have it.
    public String cipher() {
        return openssl(engine().getSession().getCipherSuite());
    }

    /// `TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)`.
    public String summary() {
        int bits = bits();
        return protocol() + " with cipher " + cipher() + " (" + bits + "/" + bits + " bits)";
    }

    /// `key-exchange … server-signature … server-digest …`, as TLS 1.3 has them; else empty. The
    /// JDK does not tell them: they are derived from the two hellos and the server's key.
    public String exchange() {
        X509Certificate server = client ? peerCertificate() : ownCertificate();
        String group = Signatures.group(answer.group());
        if (group.isEmpty() || server == null) {
            return group.isEmpty() ? "" : "key-exchange " + group;
        }
        PublicKey key = server.getPublicKey();
        String digest = answer.resumed() ? "" : Signatures.digest(key, hello.schemes());
        return "key-exchange "
                + group
                + " server-signature "
                + Signatures.signature(key)
                + (digest.isEmpty() ? "" : " server-digest " + digest);
    }

    /// `client-signature …` with the digest if the key says it, for TLS 1.3; else empty.
    public String clientSignature() {
        X509Certificate shown = client ? ownCertificate() : peerCertificate();
        if (shown == null || answer.group() == 0) {
            return "";
        }
        PublicKey key = shown.getPublicKey();
        String digest = answer.resumed() ? "" : Signatures.digest(key, new int[0]);
        return "client-signature "
                + Signatures.signature(key)
                + (digest.isEmpty() ? "" : " client-digest " + digest);
    }

    /// Its key length in bits.
    public int bits() {
        String suite = engine().getSession().getCipherSuite();
        return suite.contains("128") ? 128 : suite.contains("3DES") ? 112 : 256;
    }

    /// The peer's certificate and what it is worth; null if it sent none.
    public @Nullable PeerCertificate peer() {
        return peer;
    }

    /// What the peer's certificate was found to be; neither trusted nor matched if it sent none.
    public ServerProof.Verdict verdict() {
        return verdict;
    }

    /// The peer's certificate as it came, verified or not; null if it sent none.
    public @Nullable X509Certificate peerCertificate() {
        return peer == null ? null : peer.certificate();
    }

    /// The certificate that we sent, null for none; in a resumed session that of the first one.
    public @Nullable X509Certificate ownCertificate() {
        Certificate[] ours = engine().getSession().getLocalCertificates();
        return ours != null && ours[0] instanceof X509Certificate c ? c : null;
    }

    /// Channel binding `tls-server-end-point` (RFC 5929 4); null if it is not defined for our
    /// certificate's signature (EdDSA).
    public byte @Nullable [] serverEndPoint() {
        X509Certificate ours = ownCertificate();
        return ours == null ? null : EndPoint.of(ours);
    }

    /// The same of the peer's certificate; null also where it showed none.
    public byte @Nullable [] peerEndPoint() {
        X509Certificate theirs = peerCertificate();
        return theirs == null ? null : EndPoint.of(theirs);
    }

    /// Channel binding `tls-exporter` (RFC 9266), 32 octets; null below TLS 1.3.
    public byte @Nullable [] exporter() {
        if (!protocol().equals("TLSv1.3")
                || !(engine().getSession() instanceof ExtendedSSLSession session)) {
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

    /// Says goodbye if it can and closes.
    @Override
    public void close() {
        try {
            engine().closeOutbound();
            plain.deadline(1_000);
            wrap(EMPTY);
        } catch (IOException e) {
            // the peer is gone
        } finally {
            plain.close();
        }
    }
}
