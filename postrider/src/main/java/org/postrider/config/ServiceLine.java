package org.postrider.config;

import java.util.List;
import java.util.Map;

/// One service of master.cf (master(5)).
///
/// @param name `smtp`, `[::]:25`, `127.0.0.1:2525`, `cleanup` …
/// @param type inet, unix, unix-dgram, fifo or pass
/// @param privateService y or n after defaults
/// @param chroot accepted; see DESIGN 8
/// @param wakeupSeconds 0 for never
/// @param processLimit 0 for none; -1 for default_process_limit
/// @param program the last name of the command: smtpd, smtp, error …
/// @param arguments after the program, the `-o` ones included
/// @param overrides the `-o name=value` settings
/// @param line where it begins in master.cf
public record ServiceLine(
        String name,
        String type,
        boolean privateService,
        boolean chroot,
        int wakeupSeconds,
        int processLimit,
        String program,
        List<String> arguments,
        Map<String, String> overrides,
        int line) {
    public ServiceLine {
        arguments = List.copyOf(arguments);
        overrides = Map.copyOf(overrides);
    }
}
