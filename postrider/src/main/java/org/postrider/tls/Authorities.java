package org.postrider.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.time.Clock;

/// Whose certificates of peers count as verified. A handshake takes any certificate; what it is
/// worth is found after it, as Postfix has it. Any thread.
final class Authorities extends X509ExtendedTrustManager {
    /// What a certificate is to be good for (RFC 5280 4.2.1.12).
    enum Purpose {
        CLIENT("1.3.6.1.5.5.7.3.2"),
        SERVER("1.3.6.1.5.5.7.3.1");

        private final String use;

        Purpose(String use) {
            this.use = use;
        }
    }

    private final Set<TrustAnchor> anchors = new HashSet<>();
    private final List<X509Certificate> named = new ArrayList<>();
    private final int depth;
    private final Purpose purpose;
    private final Clock clock;

    /// @param file a PEM file, empty for none; its names are told to clients
    /// @param directory of PEM files named by OpenSSL's hash (`c_rehash`), empty for none
    /// @param platform the JDK's authorities too
    /// @param depth most intermediate authorities less one, as the installed Postfix counts
    /// @throws ConfigException if the file cannot be used
    Authorities(
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

    private void trust(X509Certificate authority) {
        anchors.add(new TrustAnchor(authority, null));
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
                    Stream.of(manager.getAcceptedIssuers()).forEach(this::trust);
                }
            }
        } catch (GeneralSecurityException e) {
            throw new ConfigException("tls_append_default_CA: " + e.getMessage());
        }
    }

    /// Null if the chain leads to an authority; otherwise why not.
    @Nullable String fault(List<X509Certificate> chain) {
        X509Certificate leaf = chain.getFirst();
        boolean itself = leaf.getSubjectX500Principal().equals(leaf.getIssuerX500Principal());
        for (TrustAnchor each : anchors) {
            if (leaf.equals(each.getTrustedCert())) {
                return null;
            }
        }
        if (anchors.isEmpty() || itself) {
            return itself ? "self-signed certificate" : "unable to get local issuer certificate";
        }
        try {
            X509CertSelector wanted = new X509CertSelector();
            wanted.setCertificate(leaf);
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, wanted);
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
            parameters.setDate(new Date(clock.wallMillis()));
            parameters.setRevocationEnabled(false);
            parameters.setMaxPathLength(depth + 1);
            CertPathBuilder.getInstance("PKIX").build(parameters);
            List<String> uses = leaf.getExtendedKeyUsage();
            boolean fits =
                    uses == null || uses.contains(purpose.use) || uses.contains("2.5.29.37.0");
            return fits ? null : "unsuitable certificate purpose";
        } catch (GeneralSecurityException e) {
            return leaf.getNotAfter().getTime() < clock.wallMillis()
                    ? "certificate has expired"
                    : "unable to get local issuer certificate";
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
