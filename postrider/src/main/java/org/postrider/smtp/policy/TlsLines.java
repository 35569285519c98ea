package org.postrider.smtp.policy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postrider.io.DeadlineException;
import org.postrider.log.Event;
import org.postrider.log.Severity;
import org.postrider.log.TlsEvent;
import org.postrider.tls.PeerCertificate;
import org.postrider.tls.ServerProof;
import org.postrider.tls.TlsClient;
import org.postrider.tls.TlsConnection;
import org.postrider.tls.TlsFiles;

/// What the log says of TLS with a server, in Postfix's words (tls_client(3)).
public final class TlsLines {
    private TlsLines() {}

    /// Warnings of what the server cannot prove, as it is no digest of the kind that was asked for.
    ///
    /// @param relay as it is named in the log
    public static List<String> unusable(TlsPolicy policy, String relay) {
        if (policy.level() != TlsLevel.FINGERPRINT
                || !(policy.proof() instanceof ServerProof.Recorded made)) {
            return List.of();
        }
        List<String> out = new ArrayList<>();
        for (ServerProof.Record each : made.records().reversed()) {
            if (!TlsFiles.usable(each)) {
                String data =
                        HexFormat.of()
                                .withUpperCase()
                                .formatHex(HexFormat.of().parseHex(each.data()));
                out.add(relay + ": unusable TLSA RR: 3 " + each.selector() + " 255 " + data);
            }
        }
        if (out.size() == made.records().size()) {
            out.add(relay + ": all fingerprints unusable");
        }
        return out;
    }

    /// `Verified TLS connection established to …`
    ///
    /// @param level that was asked of the server
    /// @param relay `name[address]:port`
    public static TlsEvent established(TlsLevel level, String relay, TlsConnection made) {
        String exchange = made.exchange();
        String client = made.clientSignature();
        boolean both = !exchange.isEmpty() && !client.isEmpty();
        return new TlsEvent.Established(
                TlsEvent.End.CLIENT,
                relay,
                trust(level, made.verdict(), made.peer()),
                null,
                new TlsEvent.Agreed(
                        made.protocol(),
                        made.cipher(),
                        made.summary(),
                        exchange + (both ? " " : "") + client));
    }

    /// A server of level half-dane that a stranger's word led to is not the verified one.
    private static String trust(
            TlsLevel level, ServerProof.Verdict verdict, @Nullable PeerCertificate peer) {
        if (peer == null) {
            return "Anonymous";
        }
        if (verdict.matched() && level.verifies() && level != TlsLevel.HALF_DANE) {
            return "Verified";
        }
        return verdict.trusted() ? "Trusted" : "Untrusted";
    }

    /// Whose certificate it is, and its fingerprints.
    public static String peer(PeerCertificate peer) {
        return "subject_CN="
                + peer.commonName()
                + ", issuer_CN="
                + peer.issuer()
                + ", fingerprint="
                + peer.fingerprint()
                + ", pkey_fingerprint="
                + peer.keyFingerprint();
    }

    /// Why there was no handshake.
    ///
    /// @param relay `name[address]:port`
    public static List<Event> failed(String relay, TlsClient client, IOException e) {
        if (client.fault() != null) {
            return List.of(new Event.Text(Severity.WARNING, relay + ": " + client.fault()));
        }
        boolean library = e instanceof SSLException;
        String reason =
                library
                        ? "-1"
                        : e instanceof DeadlineException
                                ? "Connection timed out"
                                : "lost connection";
        Event failed = new TlsEvent.Failed(TlsEvent.End.CLIENT, relay, reason);
        return library
                ? List.of(failed, new TlsEvent.LibraryProblem(String.valueOf(e.getMessage())))
                : List.of(failed);
    }
}
