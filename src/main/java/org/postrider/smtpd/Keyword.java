package org.postrider.smtpd;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A keyword of EHLO's reply (RFC 5321 4.1.1.1): to whom it is offered, and with what.
///
/// @param name by which a client can be kept from it (smtpd_discard_ehlo_keywords); null if it
///   cannot
/// @param lines its lines for one client, none if it is not offered
record Keyword(@Nullable String name, Function<Session, List<String>> lines) {
    /// For everybody.
    static Keyword always(String name) {
        return of(name, name);
    }

    /// For everybody, with more than its name.
    static Keyword of(String name, String line) {
        List<String> lines = List.of(line);
        return new Keyword(name, _ -> lines);
    }

    /// For some.
    static Keyword where(@Nullable String name, String line, Predicate<Session> offered) {
        List<String> lines = List.of(line);
        return new Keyword(name, s -> offered.test(s) ? lines : List.of());
    }
}
