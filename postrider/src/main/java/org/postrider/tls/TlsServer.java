package org.postrider.tls;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
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
import org.postrider.tls.key.KeyAndChain;
import org.postrider.tls.key.KeyFiles;
import org.postrider.tls.key.NamedKeys;
import org.postrider.tls.key.Pem;
import org.postrider.tls.proof.Authorities;

/// The server's half of TLS: its keys and what it speaks, made once a generation. Any thread.
public final class TlsServer {
    private static final int MOST_SESSIONS = 20_000;

    private final TlsServerSettings settings;
    private final Consumer<String> warnings;
    private final KeyFiles files;
    private final @Nullable NamedKeys named;
    private final HeldKeys keys = new HeldKeys();
    private final Authorities authorities;
    private final String digest;
    private final String[] protocols;
    private final String[] suites;
    private final String[] groups;
    private final SSLContext context;
    private final BufferPool buffers = new BufferPool();

    private TlsServer(TlsServerSettings settings, Consumer<String> warnings, Clock clock) {
        this.settings = settings;
        this.warnings = warnings;
        protocols = Protocols.spoken(Values.words(settings.protocols()), settings.protocols());
        files = files(settings, warnings, clock);
        named = settings.names() == null ? null : new NamedKeys(settings.names(), warnings, clock);
        TlsServerSettings.Clients c = settings.clients();
        authorities =
                new Authorities(
                        c.asked() ? c.authorityFile() : "",
                        c.asked() ? c.authorityDirectory() : "",
                        c.asked() && c.platformAuthorities(),
                        c.depth(),
                        Authorities.Purpose.CLIENT,
                        clock);
        digest = PeerCertificate.algorithm(c.digest());
        context = context();
        suites = suites();
        groups = Groups.named(settings.groups());
    }

    /// @param warnings get what is odd and not fatal, now and later
    /// @throws ConfigException if a file cannot be used, there is no key at all, or a setting is
    ///   malformed
    public static TlsServer of(TlsServerSettings settings, Consumer<String> warnings, Clock clock) {
        return new TlsServer(settings, warnings, clock);
    }

    /// What is wrong with the files and words of these settings, each with its file or parameter;
    /// certificates out of their time too.
    public static List<String> problems(TlsServerSettings settings, Clock clock) {
        List<String> out = new ArrayList<>();
        List<String> pairs = settings.pairs();
        if (settings.chainFiles().isEmpty()) {
            for (int i = 0; i + 1 < pairs.size(); i += 2) {
                String certificate = pairs.get(i);
                if (!certificate.isEmpty() && !certificate.equals("none")) {
                    List<Path> both = List.of(Path.of(certificate), Path.of(pairs.get(i + 1)));
                    judge(certificate, () -> KeyFiles.pairs(both), clock, out);
                }
            }
        } else {
            List<Path> files = settings.chainFiles().stream().map(Path::of).toList();
            judge(String.join(", ", settings.chainFiles()), () -> Pem.chains(files), clock, out);
        }
        if (out.isEmpty()) {
            try {
                TlsServer made = of(settings, out::add, clock);
                String fault = made.fault();
                if (fault != null) {
                    out.add(fault);
                }
            } catch (ConfigException e) {
                out.add(String.valueOf(e.getMessage()));
            }
        }
        return out;
    }

    private static void judge(
            String files, Supplier<List<KeyAndChain>> reader, Clock clock, List<String> out) {
        try {
            for (KeyAndChain each : reader.get()) {
                for (X509Certificate c : each.chain()) {
                    String name = c.getSubjectX500Principal().getName();
                    if (c.getNotAfter().getTime() < clock.wallMillis()) {
                        out.add(files + ": certificate " + name + " expired on " + c.getNotAfter());
                    } else if (c.getNotBefore().getTime() > clock.wallMillis()) {
                        out.add(
                                files
                                        + ": certificate "
                                        + name
                                        + " is not valid before "
                                        + c.getNotBefore());
                    }
                }
            }
        } catch (ConfigException e) {
            out.add(String.valueOf(e.getMessage()));
        }
    }

    private static KeyFiles files(
            TlsServerSettings settings, Consumer<String> warnings, Clock clock) {
        List<Path> chains = settings.chainFiles().stream().map(Path::of).toList();
        if (!chains.isEmpty()) {
            return KeyFiles.of(chains, List.of(), warnings, clock);
        }
        List<Path> all = new ArrayList<>();
        List<String> pairs = settings.pairs();
        for (int i = 0; i + 1 < pairs.size(); i += 2) {
            String certificate = pairs.get(i);
            if (!certificate.isEmpty() && !certificate.equals("none")) {
                all.add(Path.of(certificate));
                all.add(Path.of(pairs.get(i + 1)));
            }
        }
        if (all.isEmpty()) {
            throw new ConfigException(
                    "TLS needs a certificate: set smtpd_tls_chain_files or smtpd_tls_cert_file");
        }
        return KeyFiles.of(List.of(), all, warnings, clock);
    }

    private SSLContext context() {
        try {
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(new KeyManager[] {keys}, new TrustManager[] {authorities}, null);
            if (settings.sessionSeconds() > 0) {
                made.getServerSessionContext().setSessionTimeout(settings.sessionSeconds());
            }
            made.getServerSessionContext().setSessionCacheSize(MOST_SESSIONS);
            return made;
        } catch (GeneralSecurityException e) {
            throw new ConfigException("TLS: " + e.getMessage());
        }
    }

    /// Those of TLS 1.3, and below it what the list chooses; empty if the list means nothing.
    private String[] suites() {
        String list = settings.ciphers().whole();
        if (list == null) {
            return new String[0];
        }
        // Enabled by default is what is not against jdk.tls.disabledAlgorithms.
        List<String> all = List.of(context.getDefaultSSLParameters().getCipherSuites());
        ConcurrentHashMap<String, Boolean> told = new ConcurrentHashMap<>();
        List<String> chosen =
                CipherList.suites(
                        list,
                        all,
                        word -> {
                            if (told.putIfAbsent(word, true) == null) {
                                warnings.accept(
                                        settings.ciphers().parameters()
                                                + ": unknown cipher \""
                                                + word
                                                + "\"");
                            }
                        });
        if (chosen == null) {
            return new String[0];
        }
        List<String> out = new ArrayList<>();
        all.stream().filter(s -> !s.contains("_WITH_")).forEach(out::add);
        out.addAll(chosen);
        return out.toArray(new String[0]);
    }

    /// Why no handshake can succeed, as Postfix says it of each; null if they can.
    public @Nullable String fault() {
        TlsServerSettings.Ciphers ciphers = settings.ciphers();
        if (ciphers.list() == null) {
            return "invalid cipher grade: \"" + ciphers.grade() + "\"";
        }
        return suites.length == 0
                ? "error setting cipher grade: \"" + ciphers.grade() + "\""
                : null;
    }

    /// What is spoken below TLS 1.3, in OpenSSL's syntax.
    public String cipherList() {
        return String.valueOf(settings.ciphers().whole());
    }

    /// True if clients are asked for a certificate.
    public boolean asks() {
        return settings.clients().asked();
    }

    /// Hears of the name that a client asks for.
    public interface Asked {
        /// A name with keys of its own, or null: no tables, or none was asked for.
        void chosen(@Nullable String name);

        /// A name that tables do not have.
        void unknown(String name);

        /// What is no host name, or whose keys cannot be used.
        void unusable(String complaint, String name);
    }

    /// Plays the handshake on a connection whose peer is about to send its hello.
    ///
    /// @param millis for the whole handshake
    /// @throws IOException if it fails or takes too long; the connection is of no more use
    public TlsConnection accept(Connection plain, long millis, Asked asked) throws IOException {
        plain.deadline(millis);
        TlsConnection made = new TlsConnection(plain, buffers, false);
        HelloReader.Client hello = made.hello();
        List<KeyAndChain> chosen = chosen(hello.name(), asked);
        String name = keys.begin(chosen);
        try {
            made.handshake(engine(name), hello);
        } finally {
            keys.end(name);
        }
        made.certificate(authorities, ServerProof.NONE, digest);
        return made;
    }

    /// The same if nobody wants to hear of names.
    public TlsConnection accept(Connection plain, long millis) throws IOException {
        return accept(
                plain,
                millis,
                new Asked() {
                    @Override
                    public void chosen(@Nullable String name) {}

                    @Override
                    public void unknown(String name) {}

                    @Override
                    public void unusable(String complaint, String name) {}
                });
    }

    private List<KeyAndChain> chosen(@Nullable String name, Asked asked) throws IOException {
        NamedKeys tables = named;
        if (tables == null || name == null || name.isEmpty()) {
            asked.chosen(null);
            return files.now();
        }
        if (!NamedKeys.valid(name)) {
            asked.chosen(null);
            asked.unusable("invalid", name);
            return files.now();
        }
        List<KeyAndChain> found;
        try {
            found = tables.of(name);
        } catch (ConfigException e) {
            asked.unusable("without keys (" + e.getMessage() + ")", name);
            throw new SSLException("no keys for " + name.toLowerCase(Locale.ROOT));
        }
        if (found == null) {
            asked.chosen(null);
            asked.unknown(name);
            return files.now();
        }
        asked.chosen(name);
        return found;
    }

    private SSLEngine engine(String name) throws EOFException {
        // A context of its own keeps a session from being resumed: the ticket's key goes with it.
        SSLContext from = settings.sessionSeconds() > 0 ? context : context();
        SSLEngine engine = from.createSSLEngine(name, 0);
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(protocols);
        if (suites.length == 0) {
            throw new EOFException("no cipher");
        }
        parameters.setCipherSuites(suites);
        parameters.setUseCipherSuitesOrder(settings.ciphers().preempt());
        if (groups.length > 0) {
            parameters.setNamedGroups(groups);
        }
        parameters.setWantClientAuth(settings.clients().asked());
        engine.setSSLParameters(parameters);
        return engine;
    }
}
