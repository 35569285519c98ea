package org.postrider.config;

import java.util.List;
import java.util.Map;

/// One service of master.cf (master(5)).
///
/// @param name `smtp`, `[::]:25`, `127.0.0.1:2525`, `cleanup` …
/// @param type inet, unix, unix-dgram, fifo or pass
/// @param line where it begins in master.cf
public record ServiceLine(String name, String type, Columns columns, Command command, int line) {
    /// The columns between type and command, after defaults.
    ///
    /// @param privateService y or n
    /// @param chroot accepted; see DESIGN 8
    /// @param wakeupSeconds 0 for never
    /// @param processLimit 0 for none; -1 for default_process_limit
    public record Columns(
            boolean privateService, boolean chroot, int wakeupSeconds, int processLimit) {}

    /// The last column.
    ///
    /// @param program the last name of the command: smtpd, smtp, error …
    /// @param arguments after the program, the `-o` ones included
    /// @param overrides the `-o name=value` settings
    public record Command(String program, List<String> arguments, Map<String, String> overrides) {
        public Command {
            arguments = List.copyOf(arguments);
            overrides = Map.copyOf(overrides);
        }
    }

    /// Whether its socket is under `private/`, not `public/`.
    public boolean privateService() {
        return columns.privateService();
    }

    public boolean chroot() {
        return columns.chroot();
    }

    /// 0 for never.
    public int wakeupSeconds() {
        return columns.wakeupSeconds();
    }

    /// 0 for none; -1 for default_process_limit.
    public int processLimit() {
        return columns.processLimit();
    }

    /// The last name of the command: smtpd, smtp, error …
    public String program() {
        return command.program();
    }

    /// After the program, the `-o` ones included.
    public List<String> arguments() {
        return command.arguments();
    }

    /// The `-o name=value` settings.
    public Map<String, String> overrides() {
        return command.overrides();
    }
}
