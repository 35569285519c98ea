package org.postrider.command.tls;

import java.util.HashMap;
import java.util.Map;
import org.postrider.command.CommandException;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.Resolver;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.smtp.Finger;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// `posttls-finger`: speaks to a server and prints what its TLS is worth, as posttls-finger(1) does
/// (the settings of main.cf that concern the library count, tables do not).
public final class PosttlsFinger {
    private static final String NAME = "posttls-finger";
    private static final LogTag TAG = new LogTag(NAME, 0);

    private final Terminal terminal;
    private final Resolver dns;
    private final Clock clock;
    private final Finger.Wait waits;

    /// @param waits between two connections (`-r`)
    public PosttlsFinger(Terminal terminal, Resolver dns, Clock clock, Finger.Wait waits) {
        this.terminal = terminal;
        this.dns = dns;
        this.clock = clock;
        this.waits = waits;
    }

    private int usage() {
        terminal.err()
                .print(
                        """
                        usage: posttls-finger [-acCfSvw] [-t conn_tmout] [-T cmd_tmout] [-L logopts] \\
                        	[-h host_lookup] [-l level] [-d mdalg] [-g grade] [-p protocols] \\
                        	[-A tafile] [-F CAfile.pem] [-P CApath/] [-s servername] \\
                        	[ [-H chainfiles] | [-k certfile [-K keyfile]] ] \\
                        	[-m count] [-r delay] [-o name=value] destination [match ...]
                        """);
        return 1;
    }

    /// @return the exit status: 0 wherever something was found out, what a server does amiss is no
    ///   failure of the command; 1 for what it was called with, and where it cannot go on
    public int run(String[] args) {
        FingerOptions options = FingerOptions.of(args, terminal);
        if (options == null) {
            return usage();
        }
        try {
            options.check(this::warn);
            probe(options);
            return 0;
        } catch (CommandException e) {
            print("fatal: " + e.getMessage());
            return e.status();
        } catch (Finger.Fatal | ConfigException e) {
            print("fatal: " + e.getMessage());
            return 1;
        }
    }

    private void probe(FingerOptions options) {
        ServiceSettings main =
                ToolConfig.unchecked(NAME, 1, ToolConfig.directory(null, terminal), terminal)
                        .with(options.overrides());
        Map<String, String> given = new HashMap<>(options.parameters(main));
        MailLog log = (_, event) -> print(event.line());
        try (Watchdog watchdog = new Watchdog(clock, Supervisor.alone())) {
            Finger.run(
                    main,
                    given,
                    options.wish(waits),
                    options.shows(this::line, this::warn),
                    new Finger.Means(dns, Connector.sockets(watchdog), clock, log, TAG));
        }
    }

    private void warn(String text) {
        print("warning: " + text);
    }

    /// As Postfix's, all goes to standard output.
    private void print(String text) {
        line(NAME + ": " + text);
    }

    private void line(String text) {
        terminal.out().print(text + "\n");
    }
}
