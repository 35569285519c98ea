package org.postrider.access;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.list.Faults;
import org.postrider.access.list.ResultFaults;
import org.postrider.access.name.Tempfail;
import org.postrider.config.Settings;

/// What restriction lists hold that answers 451 to every client that comes to it, or that does
/// nothing though it was meant to.
public final class RestrictionChecks {
    /// One such restriction.
    ///
    /// @param parameter the list or restriction class that it stands in
    /// @param notBuilt the name of a restriction of Postfix's that is not built; null for a fault
    ///   of the configuration
    /// @param text what is wrong, in Postfix's words if it has some
    public record Fault(String parameter, @Nullable String notBuilt, String text) {}

    private RestrictionChecks() {}

    /// Of all lists and classes of one service.
    public static List<Fault> of(Settings settings) {
        return Faults.of(settings);
    }

    /// What they hold that decides nothing, as in Postfix, which says so when a client comes: a
    /// list in DNS that is not named.
    public static List<Fault> idle(Settings settings) {
        return Faults.idle(settings);
    }

    /// What cannot be known of a restriction's name and argument alone.
    ///
    /// @param argument as it is written
    public record Named(String parameter, String restriction, String argument) {}

    /// A policy server that is asked at a socket of this host's.
    public record Socket(Named of, Path path) {}

    /// The tables whose results are those of access(5), in all lists and classes.
    public static List<Named> tables(Settings settings) {
        return ResultFaults.tables(settings);
    }

    /// What is wrong with a result of an access(5) table, or of a policy server; null for nothing.
    ///
    /// @param parameter the list or class that it is asked in
    public static @Nullable String result(String result, String parameter, Settings settings) {
        return ResultFaults.of(result, parameter, settings);
    }

    /// @throws org.postrider.config.ConfigException for a tempfail action that is none, in
    ///   Postfix's words
    public static void words(Settings settings) {
        Tempfail.check(settings);
    }

    /// The policy servers that are asked at a socket of this host's.
    public static List<Socket> sockets(Settings settings, boolean chrooted) {
        return ResultFaults.sockets(settings, chrooted);
    }

    /// What is wrong with a template for who is listed in DNS, of rbl_reply_maps; null for nothing.
    public static @Nullable String template(String template, Settings settings) {
        return ResultFaults.template(template, settings);
    }

    /// What is wrong with default_rbl_reply and smtpd_policy_service_default_action: sentences that
    /// begin with the parameter's name.
    public static List<String> texts(Settings settings) {
        return ResultFaults.texts(settings);
    }
}
