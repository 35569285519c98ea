package org.postrider.command.container;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.OctetPath;
import org.postrider.command.Terminal;
import org.postrider.command.login.Saslpasswd;
import org.postrider.command.postconf.Postconf;
import org.postrider.config.Catalogue;
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;
import org.postrider.disk.Disk;
import org.postrider.disk.Reading;
import org.postrider.disk.RealDisk;
import org.postrider.master.Directories;
import org.postrider.master.MasterParams;
import org.postrider.master.Server;

/// `container FROM TO [KEYS]`: makes the configuration directory TO of the main.cf and master.cf in
/// FROM and of the environment, looks at it as `postfix check` does, and prints the pid file and
/// the heap's size for `supervise`.
public final class Container {
    /// EX_CONFIG of sysexits.h.
    private static final int BAD_CONFIGURATION = 78;

    private static final long MOST = 1L << 20;
    private static final String HEALTH = "127.0.0.1:9155";
    private static final Pattern METRICS = Pattern.compile("(?m)^\\S+\\s+inet\\s.*\\smetrics\\b");
    private static final Pattern UNUSED = Pattern.compile("unused parameter: ([^ =]+)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+");
    private static final Pattern CAPITALS = Pattern.compile("[A-Z0-9_]+");
    private static final Set<Integer> LOW = Set.of(25, 465, 587);

    private final Terminal terminal;
    private final Messages say;
    private final Map<String, String> given;
    private final Path lowest;
    private final Disk disk = new RealDisk();
    private final Wanted wanted = new Wanted();

    /// @param given the environment, octets as chars
    /// @param lowest the file with the lowest port that any user may listen on
    public Container(Terminal terminal, Map<String, String> given, Path lowest) {
        this.terminal = terminal;
        this.given = given;
        this.lowest = lowest;
        say = new Messages("container", terminal.err());
    }

    /// @return the exit status: 0, or 78 where something is asked for that cannot be done
    public int run(String[] args) {
        if (args.length < 2 || args.length > 3) {
            throw new CommandException(
                    64, "usage: container from_directory to_directory [key_directory]");
        }
        try {
            Path from = OctetPath.of(args[0]).toAbsolutePath().normalize();
            Path to = OctetPath.of(args[1]).toAbsolutePath().normalize();
            if (from.equals(to)) {
                throw new CommandException(64, "from and to are the same directory");
            }
            ask(Path.of(args.length == 3 ? args[2] : "/etc/opendkim/keys"), Server.settings(from));
            if (faults()) {
                return BAD_CONFIGURATION;
            }
            make(from, to);
            edit(to);
            known(to);
            return faults() ? BAD_CONFIGURATION : ready(to);
        } catch (ConfigException e) {
            say.fatal(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            say.fatal(Reason.withFile(e));
        }
        return BAD_CONFIGURATION;
    }

    private boolean faults() {
        wanted.problems().forEach(say::fatal);
        return !wanted.problems().isEmpty();
    }

    private void ask(Path keys, ServiceSettings before) {
        Environment environment = new Environment(given, wanted::problem);
        Names.refused(environment, wanted);
        Names.plain(environment, wanted);
        new Relay(environment, wanted).ask();
        new Senders(environment, wanted).ask(disk, keys, String.valueOf(before.text("mynetworks")));
        for (String name : environment.after("POSTMAP_", _ -> false)) {
            if (name.matches("[A-Za-z0-9._-]+") && !name.startsWith(".")) {
                String text = String.valueOf(environment.given("POSTMAP_" + name));
                wanted.table("POSTMAP_" + name, name, text);
            } else {
                wanted.problem("POSTMAP_" + name + ": no name of a file");
            }
        }
        for (String name : environment.after("POSTFIXMASTER_", _ -> false)) {
            String line = environment.get("POSTFIXMASTER_" + name);
            String key = name.replace("__", "/");
            if (line == null || key.indexOf('/') < 0) {
                wanted.problem("POSTFIXMASTER_" + name + ": name__type=line of master.cf");
            } else {
                wanted.service(key, tables(line));
            }
        }
        Catalogue catalogue = before.catalogue();
        for (String name : environment.after("POSTFIX_", n -> parameter(catalogue, n) != null)) {
            String value = environment.given("POSTFIX_" + name);
            if (!NAME.matcher(name).matches()) {
                wanted.problem("POSTFIX_" + name + ": no parameter has this name");
            } else if (value != null) {
                String known = parameter(catalogue, name);
                String parameter = known == null ? name : known;
                wanted.parameter("POSTFIX_" + name, parameter, tables(value));
            }
        }
    }

    /// The catalogue's name, null where it has none: some write a parameter's name in capitals.
    private static @Nullable String parameter(Catalogue catalogue, String name) {
        if (catalogue.known(name) != null) {
            return name;
        }
        for (Catalogue.Known each : catalogue.all()) {
            if (CAPITALS.matcher(name).matches() && name.equalsIgnoreCase(each.name())) {
                return each.name();
            }
        }
        return null;
    }

    /// Tables of POSTMAP_ lie where this server may write, whatever directory a value names.
    private String tables(String value) {
        Matcher m = Pattern.compile("/etc/postfix/([A-Za-z0-9._-]+)").matcher(value);
        return m.replaceAll(found ->
                Matcher.quoteReplacement(
                        wanted.tables().containsKey(found.group(1))
                                ? "$config_directory/" + found.group(1)
                                : found.group()));
    }

    /// The directory with what it holds, nothing of an earlier start's.
    private void make(Path from, Path to) throws IOException {
        disk.makeDirectory(to);
        clear(to);
        file(to.resolve("main.cf"), Reading.text(from.resolve("main.cf"), MOST), "rw-r--r--");
        Path master = from.resolve("master.cf");
        file(to.resolve("master.cf"), Reading.text(master, MOST), "rw-r--r--");
        for (Map.Entry<String, String> e : wanted.tables().entrySet()) {
            file(to.resolve(e.getKey()), e.getValue(), "rw-------");
        }
        if (!wanted.users().isEmpty()) {
            users(to);
        }
        Path tokens = Path.of(Wanted.TOKENS);
        for (Map.Entry<String, String> e : wanted.tokens().entrySet()) {
            disk.makeDirectory(tokens);
            if (!Files.exists(tokens.resolve(e.getKey()))) {
                file(tokens.resolve(e.getKey()), e.getValue(), "rw-------");
            }
        }
    }

    private void clear(Path directory) throws IOException {
        for (String name : disk.list(directory)) {
            Path file = directory.resolve(name);
            if (Files.isDirectory(file) && name.equals("sasl")) {
                clear(file);
            } else if (Files.isRegularFile(file)) {
                disk.delete(file);
            }
        }
    }

    private void file(Path path, String octets, String mode) throws IOException {
        try (Disk.File file = disk.create(path, mode)) {
            file.write(ByteBuffer.wrap(octets.getBytes(StandardCharsets.ISO_8859_1)), 0);
        }
    }

    private void users(Path to) throws IOException {
        Path database = to.resolve("sasldb2");
        String host = hostname(to);
        wanted.users()
                .forEach((login, password) -> {
                    byte[] typed = (password + "\n").getBytes(StandardCharsets.ISO_8859_1);
                    Terminal silent = terminal(new ByteArrayInputStream(typed), terminal.err());
                    String[] words = {"-c", "-p", "-f", database.toString(), "-u", host, login};
                    if (new Saslpasswd(silent).run(words) != 0) {
                        wanted.problem("user " + login + ": not taken");
                    }
                });
        disk.makeDirectory(to.resolve("sasl"));
        String conf =
                "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: "
                        + database
                        + "\nmech_list: PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-256\n";
        file(to.resolve("sasl/smtpd.conf"), conf, "rw-------");
    }

    /// The realm of users without one.
    private String hostname(Path to) {
        Wanted.Setting name = wanted.settings().get("myhostname");
        String value = name == null ? null : name.value();
        return value != null ? value : String.valueOf(Server.settings(to).text("myhostname"));
    }

    private Terminal terminal(InputStream in, PrintStream err) {
        return new Terminal(in, terminal.out(), err, null);
    }

    private void edit(Path to) {
        List<String> set = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        wanted.settings()
                .forEach((name, s) -> {
                    if (s.value() == null) {
                        gone.add(name);
                    } else {
                        set.add(name + "=" + s.value());
                    }
                });
        postconf(to, "-e", set);
        postconf(to, "-X", gone);
        List<String> services = new ArrayList<>();
        wanted.services().forEach((key, line) -> services.add(key + "=" + line));
        String master = text(to.resolve("master.cf"));
        // A line that the environment has takes the place of the image's own: both would want the
        // port.
        if (wanted.services().values().stream().anyMatch(l -> METRICS.matcher(l).find())) {
            if (!wanted.services().containsKey(HEALTH + "/inet")
                    && Pattern.compile("(?m)^" + HEALTH + "\\s").matcher(master).find()) {
                postconf(to, "-MX", List.of(HEALTH + "/inet"));
            }
        } else if (!METRICS.matcher(master).find()) {
            services.add(HEALTH + "/inet=" + HEALTH + " inet n - n - 10 metrics");
        }
        postconf(to, "-Me", services);
        low(to, master);
    }

    private static String text(Path file) {
        try {
            return Reading.text(file, MOST);
        } catch (IOException e) {
            throw new ConfigException(file + ": " + Reason.of(e));
        }
    }

    /// Ports that the kernel leaves to root: the image's own lines for them go, and it is said.
    private void low(Path to, String master) {
        int least = 1024;
        try {
            least = Integer.parseInt(Reading.text(lowest, Reading.SHORT).strip());
        } catch (IOException | NumberFormatException e) {
            // no such limit is told of: the usual one
        }
        List<String> closed = new ArrayList<>();
        for (int port : LOW.stream().sorted().toList()) {
            String key = port + "/inet";
            boolean own = Pattern.compile("(?m)^" + port + "\\s+inet\\s").matcher(master).find();
            if (port < least && own && !wanted.services().containsKey(key)) {
                closed.add(key);
                say.warning(
                        "port "
                                + port
                                + " is not listened on: ports below "
                                + least
                                + " are root's here (net.ipv4.ip_unprivileged_port_start)");
            }
        }
        if (!closed.isEmpty()) {
            postconf(to, "-MX", closed);
        }
    }

    private void postconf(Path to, String mode, List<String> words) {
        List<String> all = new ArrayList<>(List.of("-c", to.toString(), mode));
        all.addAll(words);
        Terminal t = terminal(InputStream.nullInputStream(), terminal.err());
        if (!words.isEmpty() && new Postconf(t).run(all.toArray(String[]::new)) != 0) {
            // Not the values: one may be a secret.
            List<String> names = words.stream().map(w -> w.replaceAll("(?s)=.*", "")).toList();
            throw new ConfigException("not set: " + String.join(" ", names));
        }
    }

    /// A name that means nothing is no setting, however it is written.
    private void known(Path to) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream err = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream());
        Terminal t = new Terminal(InputStream.nullInputStream(), nowhere, err, null);
        new Postconf(t).run(new String[] {"-c", to.toString(), "-n"});
        Matcher unused = UNUSED.matcher(said.toString(StandardCharsets.ISO_8859_1));
        while (unused.find()) {
            Wanted.Setting setting = wanted.parameters().get(unused.group(1));
            if (setting != null) {
                wanted.problem(setting.from() + ": no parameter has this name");
            }
        }
    }

    /// A volume that belongs to another user, whose mode the server could not set.
    private boolean notOurs(Path to, Path directory, String parameter) throws IOException {
        Object us = Files.getAttribute(to.resolve("main.cf"), "unix:uid");
        if (Files.notExists(directory) || us.equals(Files.getAttribute(directory, "unix:uid"))) {
            return false;
        }
        String one = Files.isWritable(directory) ? ", or set POSTFIX_%s=%s/own" : "";
        say.fatal(
                "%s belongs to the user %s: let it belong to %s, who runs this"
                                .formatted(directory, Files.getAttribute(directory, "unix:uid"), us)
                        + one.formatted(parameter, directory));
        return true;
    }

    private int ready(Path to) throws IOException {
        ServiceSettings settings = Server.settings(to);
        Path queue = Path.of(settings.get(MasterParams.QUEUE_DIRECTORY));
        Path data = Path.of(settings.get(MasterParams.DATA_DIRECTORY));
        if (notOurs(to, queue, "queue_directory") | notOurs(to, data, "data_directory")) {
            return BAD_CONFIGURATION;
        }
        Directories.makeMissing(queue, data).forEach(say::warning);
        Server.check(to).forEach(say::info);
        String senders = settings.text("smtpd_sender_restrictions");
        if (given.get("ALLOW_EMPTY_SENDER_DOMAINS") == null && String.valueOf(senders).isBlank()) {
            say.warning(
                    "whoever connects from mynetworks may send in anybody's name: set"
                            + " ALLOWED_SENDER_DOMAINS, or ALLOW_EMPTY_SENDER_DOMAINS=yes");
        }
        terminal.out().print(queue.resolve("pid/master.pid") + "\n");
        terminal.out().print(settings.get(MasterParams.HEAP_SIZE) + "\n");
        return 0;
    }
}
