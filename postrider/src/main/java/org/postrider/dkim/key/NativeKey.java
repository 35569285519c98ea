package org.postrider.dkim.key;

import java.io.Serial;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.security.PrivateKey;
import java.security.interfaces.RSAKey;
import org.jspecify.annotations.Nullable;

/// A key that [Libcrypto] signs with: loaded once, freed when nobody has it any more.
final class NativeKey implements PrivateKey {
    @Serial private static final long serialVersionUID = 1;

    private static final int ED25519_OCTETS = 64;
    private static final Cleaner CLEANER = Cleaner.create();

    private final transient PrivateKey key;
    private final transient long address;

    private NativeKey(PrivateKey key, long address) {
        this.key = key;
        this.address = address;
    }

    /// The same key; itself where the library is not there or does not take it.
    static PrivateKey of(PrivateKey key) {
        byte[] der = key.getEncoded();
        if (!Libcrypto.installed() || der == null) {
            return key;
        }
        long address = Libcrypto.read(der);
        if (address == 0) {
            return key;
        }
        boolean kept = false;
        try {
            NativeKey out = new NativeKey(key, address);
            CLEANER.register(out, () -> Libcrypto.free(address));
            kept = true;
            return out;
        } finally {
            if (!kept) {
                Libcrypto.free(address);
            }
        }
    }

    /// Null if the library makes none.
    ///
    /// @param data for RSA what is hashed and signed, for Ed25519 what is signed
    byte @Nullable [] sign(byte[] data) {
        try {
            return key instanceof RSAKey rsa
                    ? Libcrypto.sign(address, (rsa.getModulus().bitLength() + 7) / 8, true, data)
                    : Libcrypto.sign(address, ED25519_OCTETS, false, data);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /// What the JDK signs with.
    PrivateKey plain() {
        return key;
    }

    @Override
    public String getAlgorithm() {
        return key.getAlgorithm();
    }

    @Override
    public @Nullable String getFormat() {
        return key.getFormat();
    }

    @Override
    public byte @Nullable [] getEncoded() {
        return key.getEncoded();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NativeKey k ? key.equals(k.key) : key.equals(other);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }
}
