package org.postrider.smtp.probe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.io.Connection;
import org.postrider.smtp.Finger;
import org.postrider.smtp.Finger.Detail;
import org.postrider.smtp.policy.TlsLines;
import org.postrider.smtp.policy.TlsPolicy;
import org.postrider.smtp.route.Server;
import org.postrider.tls.PeerCertificate;
import org.postrider.tls.ServerProof;
import org.postrider.tls.TlsClient;
import org.postrider.tls.TlsConnection;

/// Sessions with one server, and what their TLS is told to be. One thread.
final class Handshake {
    private static final int PEM_LINE = 64;

    private final Server server;
    private final TlsPolicy policy;
    private final @Nullable TlsClient client;
    private final Finger.Shows shows;
    private final Conversation.Manner manner;
    private @Nullable TlsConnection last;
    private String session = "";

    /// @param client null: no TLS is begun
    Handshake(
            Server server,
            TlsPolicy policy,
            @Nullable TlsClient client,
            Finger.Shows shows,
            Conversation.Manner manner) {
        this.server = server;
        this.policy = policy;
        this.client = client;
        this.shows = shows;
        this.manner = manner;
    }

    /// There was TLS.
    boolean established() {
        return last != null;
    }

    /// The last TLS there was; null for none.
    @Nullable TlsConnection made() {
        return last;
    }

    /// The server let its session be gone on with.
    boolean keepsSession() {
        TlsConnection made = last;
        int own = made != null && made.protocol().equals("TLSv1.3") ? 1 : 0;
        return client != null && client.sessions() > own;
    }

    /// One session from greeting to QUIT.
    ///
    /// @param again it is to go on with an earlier one: less of it is told
    /// @return the name that the server has; null where it broke off, as was said
    @Nullable String talk(Connection over, boolean wrapped, boolean again) {
        Conversation with = new Conversation(over, manner, shows.chat());
        try {
            return talk(with, wrapped, again);
        } finally {
            with.dialogue().close();
        }
    }

    private @Nullable String talk(Conversation with, boolean wrapped, boolean again) {
        if (wrapped && !secured(with, "", again)) {
            return null;
        }
        if (!with.greeted()) {
            return null;
        }
        with.hears(shows.chat() && !again);
        String name = with.hello();
        if (name == null) {
            return null;
        }
        if (client != null && !wrapped && with.offersTls()) {
            if (!with.startsTls() || !secured(with, name, again)) {
                return null;
            }
            name = with.hello();
        }
        if (name == null) {
            return null;
        }
        with.hears(shows.chat());
        with.quits();
        return name;
    }

    /// @param name the server's own, as far as it has said it
    private boolean secured(Conversation with, String name, boolean again) {
        TlsClient by = client;
        if (by == null) {
            return false;
        }
        Set<Detail> details = again ? againTold() : Probe.all(shows.details());
        String relay = server.labelWithPort();
        if (details.contains(Detail.VERBOSE)) {
            manner.info("setting up TLS connection to " + relay);
            if (by.fault() == null) {
                manner.info(relay + ": TLS cipher list \"" + by.cipherList() + "\"");
            }
        }
        TlsLines.unusable(policy, relay).forEach(line -> manner.log().warning(manner.tag(), line));
        String key = key(name);
        if (again) {
            manner.info("looking for session " + shownKey(key) + " in memory cache");
        }
        try {
            with.dialogue()
                    .secure(plain -> {
                        TlsConnection made =
                                by.connect(
                                        plain,
                                        policy.serverName(),
                                        policy.proof(),
                                        key,
                                        manner.commandMillis());
                        if (again && made.resumed(session)) {
                            manner.info("reloaded session " + shownKey(key) + " from memory cache");
                            manner.info(relay + ": Reusing old session");
                        }
                        told(made, relay, details);
                        session = made.sessionId();
                        last = made;
                        return made;
                    });
            return true;
        } catch (IOException e) {
            TlsLines.failed(relay, by, e).forEach(each -> manner.log().event(manner.tag(), each));
            return false;
        }
    }

    private Set<Detail> againTold() {
        Set<Detail> out = EnumSet.copyOf(Set.of(Detail.SUMMARY, Detail.CACHE));
        out.addAll(shows.details());
        out.removeAll(Set.of(Detail.PEER, Detail.MATCH, Detail.VERBOSE));
        return out;
    }

    private void told(TlsConnection made, String relay, Set<Detail> details) {
        PeerCertificate peer = made.peer();
        ServerProof.Verdict verdict = made.verdict();
        boolean complains = policy.level().verifies() && !verdict.matched();
        if ((complains || details.contains(Detail.UNTRUSTED)) && verdict.fault() != null) {
            manner.info(verdict.fault().line(relay));
        }
        boolean whose = details.contains(Detail.PEER) || details.contains(Detail.MATCH);
        if (whose && verdict.by() != null) {
            verdict.by().lines().forEach(line -> manner.info(relay + ": " + line));
        }
        if (whose && peer != null) {
            manner.info(relay + ": " + TlsLines.peer(peer));
        }
        if (details.contains(Detail.SUMMARY)) {
            manner.log().event(manner.tag(), TlsLines.established(policy.level(), relay, made));
        }
    }

    /// Under which TLS sessions are kept: another server behind the same address has other ones.
    private String key(String name) {
        String whole = server.labelWithPort() + "\n" + name + "\n" + policy.serverName();
        return digest(
                "SHA-256", whole.getBytes(StandardCharsets.UTF_8), HexFormat.of().withUpperCase());
    }

    private String shownKey(String key) {
        return "[" + server.address() + "]:" + server.port() + "&" + key;
    }

    private static String digest(String algorithm, byte[] octets, HexFormat form) {
        try {
            return form.formatHex(MessageDigest.getInstance(algorithm).digest(octets));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The certificates that the server showed last, as PEM.
    void printChain() {
        TlsConnection made = last;
        List<X509Certificate> chain = made == null ? List.of() : made.chain();
        if (chain.isEmpty()) {
            return;
        }
        shows.out().line("");
        shows.out().line("---");
        shows.out().line("Certificate chain");
        for (int i = 0; i < chain.size(); i++) {
            print(i, chain.get(i));
        }
    }

    private void print(int depth, X509Certificate certificate) {
        Finger.Out out = shows.out();
        PeerCertificate shown = PeerCertificate.of(certificate, policy.speaks().digest());
        out.line(String.format("%2d subject: %s", depth, shown.subjectLine()));
        out.line("    issuer: " + shown.issuerLine());
        out.line("   cert digest=" + shown.fingerprint());
        out.line("   pkey digest=" + shown.keyFingerprint());
        out.line("-----BEGIN CERTIFICATE-----");
        Base64.Encoder pem = Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'});
        try {
            pem.encodeToString(certificate.getEncoded()).lines().forEach(out::line);
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
        out.line("-----END CERTIFICATE-----");
    }
}
