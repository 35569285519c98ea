package org.postrider.command.login;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.command.ConfigurationFile;
import org.postrider.command.OctetPath;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.config.HostFacts;
import org.postrider.config.Reason;
import org.postrider.sasl.SaslDb;

/// `saslpasswd2` and `sasldblistusers2`: users of Cyrus's database, with the options and exit
/// statuses of Cyrus's own programs, which read what these write.
public final class Saslpasswd {
    private static final String DATABASE = "/etc/sasldb2";
    private static final String PROPERTY = "userPassword";
    private static final int FAILED = 1;
    private static final int DIFFERENT = 2;
    private static final int BAD_PARAMETER = 7;

    private final Terminal terminal;
    private Path file = Path.of(DATABASE);
    private @Nullable String domain;
    private boolean piped;
    private boolean removes;

    public Saslpasswd(Terminal terminal) {
        this.terminal = terminal;
    }

    private int usage() {
        terminal.err()
                .print(
                        """
                        usage: saslpasswd2 [-v] [-c [-p] [-n]] [-d] [-a appname] [-f sasldb] [-u DOM] userid
                          -c  create the user (a user who is there gets the password)
                          -p  read the password from standard input, once
                          -n  keep no password
                          -d  delete the user
                          -f  the database, instead of /etc/sasldb2
                          -u  the realm, instead of this host's name
                          -a  accepted
                          -v  say what this is
                        """);
        return FAILED;
    }

    private int version() {
        terminal.err().print("Postrider's own, for the database of Cyrus SASL 2.1\n");
        return 0;
    }

    public int run(String[] args) {
        Options options = new Options("saslpasswd2", "vcpnda:f:u:h", args, terminal.err());
        for (char option = options.next(); option != 0; option = options.next()) {
            switch (option) {
                case 'c', 'a' -> {
                    // A user who is not there is made in any case, as Cyrus's own does.
                }
                case 'p' -> piped = true;
                case 'n', 'd' -> removes = true;
                case 'f' -> file = OctetPath.of(options.argument());
                case 'u' -> domain = utf8(options.argument());
                case 'v' -> {
                    return version();
                }
                default -> {
                    return usage();
                }
            }
        }
        String[] rest = options.rest();
        return rest.length == 1 ? change(utf8(rest[0])) : usage();
    }

    private int change(String user) {
        int at = user.indexOf('@');
        String name = at < 0 ? user : user.substring(0, at);
        try {
            String realm = at < 0 ? realm() : user.substring(at + 1);
            String password = removes ? null : piped ? line() : typed();
            if (password != null && password.equals("\0")) {
                terminal.err().print("saslpasswd2: the two passwords differ\n");
                return DIFFERENT;
            }
            if (name.isEmpty() || password != null && password.isEmpty()) {
                terminal.err().print("saslpasswd2: invalid parameter supplied\n");
                return BAD_PARAMETER;
            }
            store(new SaslDb.Entry(name, realm, PROPERTY), password);
            return 0;
        } catch (IOException | IllegalArgumentException e) {
            terminal.err()
                    .print(
                            "saslpasswd2: "
                                    + file
                                    + ": "
                                    + (e instanceof IOException io ? Reason.of(io) : e.getMessage())
                                    + "\n");
            return FAILED;
        }
    }

    private void store(SaslDb.Entry entry, @Nullable String password) throws IOException {
        Map<SaslDb.Entry, String> all = Files.exists(file) ? SaslDb.read(file) : new HashMap<>();
        if (password == null) {
            all.remove(entry);
        } else {
            all.put(entry, password);
        }
        ConfigurationFile.replace(file, SaslDb.file(all));
    }

    private String realm() {
        String given = domain;
        return given == null ? HostFacts.hostName() : given;
    }

    private String line() throws IOException {
        String line =
                new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8))
                        .readLine();
        return line == null ? "" : line;
    }

    /// Asked for twice, at the terminal or, as by Cyrus's own, from a pipe; one NUL where the two
    /// differ.
    private String typed() throws IOException {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(terminal.in(), StandardCharsets.UTF_8));
            String first = in.readLine();
            String second = in.readLine();
            return first == null ? "" : first.equals(second) ? first : "\0";
        }
        char[] first = console.readPassword("Password: ");
        char[] second = console.readPassword("Again (for verification): ");
        return first == null ? "" : Arrays.equals(first, second) ? new String(first) : "\0";
    }

    public int list(String[] args) {
        Options options = new Options("sasldblistusers2", "vf:h", args, terminal.err());
        for (char option = options.next(); option != 0; option = options.next()) {
            switch (option) {
                case 'f' -> file = OctetPath.of(options.argument());
                case 'v' -> {
                    return version();
                }
                default -> {
                    terminal.err().print("usage: sasldblistusers2 [-v] [[-f] sasldb]\n");
                    return FAILED;
                }
            }
        }
        String[] rest = options.rest();
        Path database = rest.length > 0 ? OctetPath.of(rest[0]) : file;
        try {
            for (SaslDb.Entry e : SaslDb.read(database).keySet()) {
                String line = e.user() + "@" + e.realm() + ": " + e.property() + "\n";
                terminal.out()
                        .print(
                                new String(
                                        line.getBytes(StandardCharsets.UTF_8),
                                        StandardCharsets.ISO_8859_1));
            }
            terminal.out().flush();
            return 0;
        } catch (IOException e) {
            // Cyrus's own says no more and is content.
            terminal.err().print("listusers failed\n");
            return 0;
        }
    }

    private static String utf8(String octets) {
        return new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
