package org.postrider.tls;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a server's certificate has to be for the server to count as the one that is meant. A value:
/// equal ones are content with the same servers.
public sealed interface ServerProof {
    ServerProof NONE = new None();

    /// Anything: it is only said whether an authority vouches for it.
    record None() implements ServerProof {}

    /// An authority vouches for it, and it has one of these names (RFC 6125).
    ///
    /// @param names hosts in ASCII; one with a dot before it means every host below that domain; an
    ///   address must be in the certificate besides
    record Named(List<String> names) implements ServerProof {}

    /// It agrees with a record (RFC 6698), of the DNS or made of a fingerprint or of a file.
    ///
    /// @param names as above, for what an authority's record vouches for
    /// @param leafNamed the certificate has to have one of them where a record is its own, too
    record Recorded(List<Record> records, List<String> names, boolean leafNamed)
            implements ServerProof {}

    /// It cannot be content: who said the policy says that it failed.
    ///
    /// @param why as it was said
    record Never(String why) implements ServerProof {}

    /// A record as TLSA has it.
    ///
    /// @param usage [#AUTHORITY] or [#LEAF]
    /// @param selector [#CERTIFICATE] or [#KEY]
    /// @param digest the JDK's name of it; empty where `data` is the whole
    /// @param data in lower-case hexadecimal digits
    record Record(int usage, int selector, String digest, String data) {
        public static final int AUTHORITY = 2;
        public static final int LEAF = 3;
        public static final int CERTIFICATE = 0;
        public static final int KEY = 1;
    }

    /// What a certificate was found to be.
    ///
    /// @param trusted somebody who is believed vouches for it
    /// @param matched the proof is content
    /// @param fault why it is not, or not trusted
    /// @param by what made it content, for the log, a line for each thing; null for nothing to say
    record Verdict(boolean trusted, boolean matched, @Nullable Fault fault, @Nullable String by) {}

    /// Why a certificate is not worth what it should be.
    ///
    /// @param whose `server `, `CA ` or nothing: before `certificate verification failed`
    /// @param text for the log, as Postfix has it
    /// @param reason in OpenSSL's words
    record Fault(String whose, String text, String reason) {
        /// The line of the log.
        public String line(String peer) {
            return whose + "certificate verification failed for " + peer + ": " + text;
        }
    }
}
