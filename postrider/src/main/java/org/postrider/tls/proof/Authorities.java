package org.postrider.tls.proof;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.time.Clock;
import org.postrider.tls.ServerProof.Fault;
import org.postrider.tls.key.Pem;

/// Whose certificates of peers count as verified. A handshake takes any certificate; what it is
/// worth is found after it, as Postfix has it. Any thread.
public final class Authorities extends X509ExtendedTrustManager {
    private static final String ANY_USE = "2.5.29.37.0";

    /// Certificates of one subject that count of those that a peer sends: one, and one that another
    /// authority signed.
    private static final int MOST_ALIKE = 2;

    /// What a certificate is to be good for (RFC 5280 4.2.1.12).
    public enum Purpose {
        CLIENT("1.3.6.1.5.5.7.3.2"),
        SERVER("1.3.6.1.5.5.7.3.1");

        private final String use;

        Purpose(String use) {
            this.use = use;
        }

        boolean fits(X509Certificate certificate) {
            try {
                List<String> uses = certificate.getExtendedKeyUsage();
                return uses == null || uses.contains(use) || uses.contains(ANY_USE);
            } catch (GeneralSecurityException e) {
                return false;
            }
        }
    }

    private final Set<TrustAnchor> anchors = new HashSet<>();
    private final List<X509Certificate> named = new ArrayList<>();
    private final List<X509Certificate> between = new ArrayList<>();
    private final int depth;
    private final Purpose purpose;
    private final Clock clock;

    /// @param file a PEM file, empty for none; its names are told to clients
    /// @param directory of PEM files named by OpenSSL's hash (`c_rehash`), empty for none
    /// @param platform the JDK's authorities too
    /// @param depth most intermediate authorities less one, as the installed Postfix counts
    /// @throws ConfigException if the file cannot be used
    public Authorities(
            String file,
            String directory,
            boolean platform,
            int depth,
            Purpose purpose,
            Clock clock) {
        this.depth = depth;
        this.purpose = purpose;
        this.clock = clock;
        if (!file.isEmpty()) {
            named.addAll(Pem.certificates(Path.of(file)));
            named.forEach(this::trust);
        }
        if (!directory.isEmpty()) {
            hashed(Path.of(directory));
        }
        if (platform) {
            platform();
        }
    }

    /// As in OpenSSL a chain ends at an authority that vouches for itself; others of a file only
    /// help to come there.
    private void trust(X509Certificate authority) {
        if (Chain.selfIssued(authority)) {
            anchors.add(new TrustAnchor(authority, null));
        } else {
            between.add(authority);
        }
    }

    private void hashed(Path directory) {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files =
                    all.filter(f -> f.getFileName().toString().matches("[0-9a-f]{8}\\.[0-9]{1,4}"))
                            .toList();
        } catch (IOException e) {
            throw new ConfigException("open " + directory + ": " + e.getMessage());
        }
        for (Path file : files) {
            Pem.certificates(file).forEach(this::trust);
        }
    }

    private void platform() {
        try {
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            for (TrustManager each : factory.getTrustManagers()) {
                if (each instanceof X509TrustManager manager) {
                    for (X509Certificate issuer : manager.getAcceptedIssuers()) {
                        anchors.add(new TrustAnchor(issuer, null));
                    }
                }
            }
        } catch (GeneralSecurityException e) {
            throw new ConfigException("tls_append_default_CA: " + e.getMessage());
        }
    }

    /// Null if the chain, the peer's own certificate first, leads to an authority; otherwise why
    /// not.
    public @Nullable Fault fault(List<X509Certificate> chain) {
        X509Certificate leaf = chain.getFirst();
        for (TrustAnchor each : anchors) {
            if (leaf.equals(each.getTrustedCert())) {
                return Chain.outOfTime(leaf, 0, clock.wallMillis());
            }
        }
        return fault(chain, anchors, null);
    }

    /// The same with other authorities.
    ///
    /// @param otherwise what is said where nothing leads to one; null for OpenSSL's words
    @Nullable Fault fault(
            List<X509Certificate> chain, Set<TrustAnchor> trusted, @Nullable Fault otherwise) {
        List<X509Certificate> help = few(chain);
        help.addAll(between);
        List<X509Certificate> built = built(chain, help, trusted);
        if (built == null) {
            return Chain.of(chain.getFirst(), help, trusted)
                    .fault(purpose, depth + 1, clock.wallMillis(), otherwise);
        }
        for (X509Certificate each : built) {
            if (!purpose.fits(each)) {
                return Chain.unfit(purpose, each == chain.getFirst());
            }
            if (Chain.weak(each)) {
                return new Fault(
                        each == chain.getFirst() ? "server " : "CA ",
                        "num=68:CA signature digest algorithm too weak",
                        "CA signature digest algorithm too weak");
            }
        }
        return null;
    }

    /// The peer chooses them, and of many that are alike there are very many ways from one to the
    /// next.
    private static List<X509Certificate> few(List<X509Certificate> chain) {
        List<X509Certificate> out = new ArrayList<>();
        Map<X500Principal, Integer> alike = new HashMap<>();
        for (X509Certificate each : chain) {
            if (alike.merge(each.getSubjectX500Principal(), 1, Integer::sum) <= MOST_ALIKE) {
                out.add(each);
            }
        }
        return out;
    }

    /// From the peer's own certificate on, without the authority; null where nothing leads there.
    private @Nullable List<X509Certificate> built(
            List<X509Certificate> chain, List<X509Certificate> help, Set<TrustAnchor> trusted) {
        if (trusted.isEmpty()) {
            return null;
        }
        try {
            X509CertSelector wanted = new X509CertSelector();
            wanted.setCertificate(chain.getFirst());
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(trusted, wanted);
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(help)));
            parameters.setDate(new Date(clock.wallMillis()));
            parameters.setRevocationEnabled(false);
            parameters.setMaxPathLength(depth + 1);
            List<X509Certificate> out = new ArrayList<>();
            for (Certificate each :
                    CertPathBuilder.getInstance("PKIX")
                            .build(parameters)
                            .getCertPath()
                            .getCertificates()) {
                out.add((X509Certificate) each);
            }
            return out;
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return named.toArray(new X509Certificate[0]);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}
}
