package org.postrider.tlsrpt;

/// Takes what became of the TLS of sessions. Any thread; returns at once, whatever becomes of it.
public interface TlsResults {
    /// Nobody is told: smtp_tlsrpt_enable = no.
    TlsResults NONE = new None();

    /// Whether anybody takes them: where not, none need be made.
    default boolean wanted() {
        return true;
    }

    /// One session's, once, when its TLS is known to have come about or not.
    void took(TlsResult result);

    /// Takes nothing.
    record None() implements TlsResults {
        @Override
        public boolean wanted() {
            return false;
        }

        @Override
        public void took(TlsResult result) {
            // Nobody asked.
        }
    }
}
