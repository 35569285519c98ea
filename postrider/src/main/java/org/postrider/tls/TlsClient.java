package org.postrider.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Values;
import org.postrider.io.Connection;
import org.postrider.time.Clock;
import org.postrider.tls.key.HeldKeys;
import org.postrider.tls.key.KeyFiles;
import org.postrider.tls.key.NamedKeys;
import org.postrider.tls.proof.Authorities;

/// The client's half of TLS: whom it trusts and what it speaks, made once a generation. A handshake
/// takes any certificate; what it is worth is found after it ([TlsConnection#peer]), and found anew
/// for a session that is resumed: only one of the same name is. Any thread.
public final class TlsClient {
    /// Sessions in memory, each with the server's certificates.
    private static final int SESSIONS = 1_000;

    private final Authorities authorities;
    private final @Nullable KeyFiles own;
    private final HeldKeys held = new HeldKeys();
    private final String digest;
    private final @Nullable String fault;
    private final String cipherList;
    private final String[] protocols;
    private final String[] suites;
    private final String[] groups;
    private final SSLContext context;
    private final BufferPool buffers = new BufferPool();

    private TlsClient(TlsClientSettings settings, Consumer<String> warnings, Clock clock) {
        groups = Groups.named(settings.groups());
        digest = PeerCertificate.algorithm(settings.digest());
        authorities =
                new Authorities(
                        settings.trust().file(),
                        settings.trust().directory(),
                        settings.trust().platform(),
                        settings.trust().depth(),
                        Authorities.Purpose.SERVER,
                        clock);
        own = keys(settings.keys(), warnings, clock);
        try {
            context = SSLContext.getInstance("TLS");
            KeyManager[] keys = own == null ? null : new KeyManager[] {held};
            context.init(keys, new TrustManager[] {authorities}, null);
            context.getClientSessionContext().setSessionCacheSize(SESSIONS);
        } catch (GeneralSecurityException e) {
            throw new ConfigException("TLS: " + e.getMessage());
        }
        cipherList = String.valueOf(settings.ciphers().whole());
        String wrong = null;
        String[] spoken = {};
        String[] chosen = {};
        try {
            spoken = Protocols.spoken(Values.words(settings.protocols()), settings.protocols());
        } catch (ConfigException e) {
            wrong = e.getMessage() + ": aborting TLS session";
        }
        try {
            chosen = suites(settings.ciphers(), context, warnings);
        } catch (ConfigException e) {
            wrong = e.getMessage();
        }
        fault = wrong;
        protocols = spoken;
        suites = chosen;
    }

    private static @Nullable KeyFiles keys(
            TlsClientSettings.Keys keys, Consumer<String> warnings, Clock clock) {
        List<Path> chains = keys.chainFiles().stream().map(Path::of).toList();
        List<Path> pairs = new ArrayList<>();
        for (int i = 0; i + 1 < keys.pairs().size(); i += 2) {
            if (!keys.pairs().get(i).isEmpty()) {
                pairs.add(Path.of(keys.pairs().get(i)));
                pairs.add(Path.of(keys.pairs().get(i + 1)));
            }
        }
        boolean none = chains.isEmpty() && pairs.isEmpty();
        return none ? null : KeyFiles.of(chains, pairs, warnings, clock);
    }

    /// @param warnings get what is odd and not fatal
    /// @throws ConfigException if a file of authorities or of our own keys cannot be used
    public static TlsClient of(TlsClientSettings settings, Consumer<String> warnings, Clock clock) {
        return new TlsClient(settings, warnings, clock);
    }

    /// How long sessions are kept; without it as long as the JDK does, a day.
    ///
    /// @param seconds at least 1
    public void keepSessions(int seconds) {
        context.getClientSessionContext().setSessionTimeout(seconds);
    }

    /// Why no handshake can succeed; null if they can.
    public @Nullable String fault() {
        return fault;
    }

    /// What is spoken below TLS 1.3, in OpenSSL's syntax.
    public String cipherList() {
        return cipherList;
    }

    /// Those of TLS 1.3, and below it what the list chooses.
    ///
    /// @throws ConfigException if the grade is none or the list means nothing
    private static String[] suites(
            TlsServerSettings.Ciphers ciphers, SSLContext context, Consumer<String> warnings) {
        String list = ciphers.whole();
        if (list == null) {
            throw new ConfigException("invalid cipher grade: \"" + ciphers.grade() + "\"");
        }
        List<String> all = List.of(context.getDefaultSSLParameters().getCipherSuites());
        List<String> unknown = new ArrayList<>();
        List<String> chosen =
                CipherList.suites(
                        list,
                        all,
                        word -> {
                            if (!unknown.contains(word)) {
                                unknown.add(word);
                            }
                        });
        for (String word : unknown) {
            warnings.accept(ciphers.parameters() + ": unknown cipher \"" + word + "\"");
        }
        if (chosen == null) {
            throw new ConfigException("error setting cipher grade: \"" + ciphers.grade() + "\"");
        }
        List<String> out = new ArrayList<>();
        all.stream().filter(s -> !s.contains("_WITH_")).forEach(out::add);
        out.addAll(chosen);
        return out.toArray(new String[0]);
    }

    /// Plays the handshake. Octets that the caller read before are no part of what comes through
    /// the result.
    ///
    /// @param name asked for (SNI); empty for none. One that is no host name is left out.
    /// @param wanted what the server's certificate has to be; what it is, is told by
    ///   [TlsConnection#verdict], and no failure of the handshake
    /// @param millis for the whole handshake
    /// @throws IOException if it fails or takes too long; the connection is of no more use
    public TlsConnection connect(Connection plain, String name, ServerProof wanted, long millis)
            throws IOException {
        return connect(plain, name, wanted, "", millis);
    }

    /// The same; goes on with an earlier session of the same name, if there is one. Where a
    /// certificate of our own may be asked for each session is a new one.
    ///
    /// @param session the name, of letters, digits and hyphens; empty: none is gone on with
    /// @throws IOException as above
    public TlsConnection connect(
            Connection plain, String name, ServerProof wanted, String session, long millis)
            throws IOException {
        if (fault != null) {
            throw new IOException(fault);
        }
        plain.deadline(millis);
        TlsConnection made = new TlsConnection(plain, buffers, true);
        KeyFiles files = own;
        String keys = files == null ? null : held.begin(files.now());
        try {
            made.handshake(engine(name, keys == null ? session : keys), HelloReader.Client.SILENT);
            made.certificate(authorities, wanted, digest);
        } catch (RuntimeException e) {
            // The JDK's, about octets that it did not expect.
            throw new SSLException(e.toString(), e);
        } finally {
            if (keys != null) {
                held.end(keys);
            }
        }
        return made;
    }

    /// How many sessions are kept, in memory. One of TLS 1.3 counts for itself and for each ticket
    /// of its server, and only with a ticket it can be gone on with.
    public int sessions() {
        return Collections.list(context.getClientSessionContext().getIds()).size();
    }

    /// @param peer the name of own keys or of sessions; empty for neither
    private SSLEngine engine(String name, String peer) {
        // Without the peer's address and port the JDK resumes no session; what stands in its place
        // has no dot, and so is no name to ask for.
        SSLEngine engine =
                peer.isEmpty()
                        ? context.createSSLEngine()
                        : context.createSSLEngine(peer, own == null ? 1 : -1);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(protocols);
        parameters.setCipherSuites(suites);
        if (groups.length > 0) {
            parameters.setNamedGroups(groups);
        }
        if (NamedKeys.valid(name)) {
            try {
                parameters.setServerNames(List.of(new SNIHostName(name)));
            } catch (IllegalArgumentException e) {
                // what the JDK does not take for a name is not asked for
            }
        }
        engine.setSSLParameters(parameters);
        return engine;
    }
}
