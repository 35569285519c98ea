package org.postrider.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.postrider.config.ConfigException;
import org.postrider.config.Values;
import org.postrider.io.Connection;

/// The server's half of TLS: its keys and what it speaks, made once a generation. Any thread.
public final class TlsServer {
    private final SSLContext context;
    private final String[] protocols;

    private TlsServer(SSLContext context, String[] protocols) {
        this.context = context;
        this.protocols = protocols;
    }

    /// @param chainFiles smtpd_tls_chain_files; where empty, `pairs` count
    /// @param pairs certificate file and key file, one after the other; empty ones are passed over
    /// @param protocols a list as smtpd_tls_protocols has it
    /// @throws ConfigException where a file cannot be used, or there is no key at all
    public static TlsServer of(
            List<String> chainFiles, List<String> pairs, String protocols, String parameter) {
        List<KeyAndChain> keys = new ArrayList<>();
        if (!chainFiles.isEmpty()) {
            keys.addAll(Pem.chains(chainFiles.stream().map(Path::of).toList()));
        }
        for (int i = 0; chainFiles.isEmpty() && i + 1 < pairs.size(); i += 2) {
            String certificate = pairs.get(i);
            if (!certificate.isEmpty() && !certificate.equals("none")) {
                Path file = Path.of(certificate);
                keys.add(
                        KeyAndChain.of(
                                Pem.key(Path.of(pairs.get(i + 1))), Pem.certificates(file), file));
            }
        }
        if (keys.isEmpty()) {
            throw new ConfigException(
                    "TLS needs a certificate: set smtpd_tls_chain_files or smtpd_tls_cert_file");
        }
        String[] spoken = Protocols.spoken(Values.words(protocols), parameter);
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new ServerKeys(keys)}, null, null);
            return new TlsServer(context, spoken);
        } catch (GeneralSecurityException e) {
            throw new ConfigException("TLS: " + e.getMessage());
        }
    }

    /// Plays the handshake on a connection whose peer is about to send its hello.
    ///
    /// @param millis for the whole handshake
    /// @throws IOException where it fails or takes too long; the connection is of no more use
    public TlsConnection accept(Connection plain, long millis) throws IOException {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(protocols);
        parameters.setUseCipherSuitesOrder(false);
        engine.setSSLParameters(parameters);
        TlsConnection made = new TlsConnection(plain, engine);
        plain.deadline(millis);
        made.handshake();
        return made;
    }
}
