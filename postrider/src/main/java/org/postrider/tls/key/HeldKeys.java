package org.postrider.tls.key;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// The keys of each handshake under way, held in memory: the JDK's own manager over a key store
/// derives the key anew in each handshake. A handshake's keys are chosen before it begins and kept
/// to its end, so neither a table nor new files change them in between. Any thread.
public final class HeldKeys extends X509ExtendedKeyManager {
    private final Map<String, List<KeyAndChain>> handshakes = new ConcurrentHashMap<>();
    private final AtomicLong last = new AtomicLong();

    /// Opens a handshake.
    ///
    /// @return its name: the peer host of its engine
    public String begin(List<KeyAndChain> keys) {
        String name = Long.toString(last.incrementAndGet());
        handshakes.put(name, keys);
        return name;
    }

    public void end(String name) {
        handshakes.remove(name);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return chosen(keyType, engine);
    }

    /// A server is shown what fits its kinds of keys; which authorities it names is not looked at,
    /// as in Postfix.
    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        for (String each : keyTypes) {
            String found = chosen(each, engine);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable String chosen(String keyType, @Nullable SSLEngine engine) {
        String name = engine == null ? null : engine.getPeerHost();
        List<KeyAndChain> keys = name == null ? null : handshakes.get(name);
        for (int i = 0; keys != null && i < keys.size(); i++) {
            String kind = keys.get(i).kind();
            if (kind.equals(keyType) || kind.equals("RSA") && keyType.equals("RSASSA-PSS")) {
                return name + ":" + i;
            }
        }
        return null;
    }

    private @Nullable KeyAndChain named(String alias) {
        int colon = alias.indexOf(':');
        List<KeyAndChain> keys = handshakes.get(alias.substring(0, colon));
        return keys == null ? null : keys.get(Integer.parseInt(alias.substring(colon + 1)));
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        KeyAndChain keys = named(alias);
        return keys == null ? null : keys.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        KeyAndChain keys = named(alias);
        return keys == null ? null : keys.key();
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
