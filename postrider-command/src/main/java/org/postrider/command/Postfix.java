package org.postrider.command;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postrider.command.environment.ImportedEnvironment;
import org.postrider.command.manager.ServiceManager;
import org.postrider.command.multi.OwnCommands;
import org.postrider.command.multi.Postmulti;
import org.postrider.command.subcommand.Editing;
import org.postrider.command.subcommand.NonBdb;
import org.postrider.command.subcommand.PostfixTls;
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;
import org.postrider.control.ControlReply.Result;
import org.postrider.control.ControlRequest;
import org.postrider.disk.MasterLock;
import org.postrider.disk.Reading;
import org.postrider.master.Directories;
import org.postrider.master.FormerEnd;
import org.postrider.master.MasterParams;
import org.postrider.master.OtherMailSystem;
import org.postrider.master.Programs;
import org.postrider.master.Server;
import org.postrider.time.Clock;

/// postfix(1): start, start-fg, stop, abort, reload, flush, status, check; `-c DIRECTORY`. Our own
/// is `status -v`, the services of master.cf and the table of threads.
final class Postfix {
    /// What it says goes to a file that was not there: the directory is mail_owner's, who may have
    /// put a link there, and root is not to write where it leads.
    private static final String INTO_A_NEW_FILE =
            "umask 077; set -C; exec setsid \"$@\" >\"$0\" 2>&1";

    private static final long START_MILLIS = 100_000; // as long as Postfix's master has
    private static final long STOP_MILLIS = 60_000;

    private static final String USAGE =
            ". Usage: postfix start (or stop, reload, abort, flush, check, status, logrotate)";

    private static final String DIRECTORIES = "multi_instance_directories";

    /// Those that other words go with.
    private static final Set<String> WITH_WORDS =
            Set.of("tls", "non-bdb", "set-permissions", "upgrade-configuration");

    private final PrintStream out;
    private final PrintStream err;
    private ServiceSettings settings = ServiceSettings.none();
    private Path configDirectory = Path.of("/etc/postfix");

    /// The last level at which a default changed (COMPATIBILITY_README of Postfix 3.12).
    private static final String LEVEL = "3.11";

    Postfix(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    int run(String[] args) {
        String environment = System.getenv("MAIL_CONFIG");
        String directory = environment == null ? "/etc/postfix" : environment;
        boolean one = environment != null;
        int at = 0;
        while (at < args.length && args[at].startsWith("-")) {
            if (args[at].equals("-c") && at + 1 < args.length) {
                directory = args[++at];
                one = true;
            } else if (!args[at].matches("-[vD]+")) {
                return usage();
            }
            at++;
        }
        // What else follows a command is nobody's, as with postfix-script.
        boolean verbose =
                at + 2 == args.length && args[at].equals("status") && args[at + 1].equals("-v");
        configDirectory = OctetPath.of(directory).toAbsolutePath().normalize();
        try {
            ServiceSettings read = Server.settings(configDirectory);
            ToolConfig.check(read, "postfix", 1, err);
            settings = read;
            if (!one && !ToolConfig.text(read, DIRECTORIES, 1).isEmpty()) {
                return all(Arrays.copyOfRange(args, at, args.length));
            }
            compatibility();
            ToolConfig.entering(queue());
            if (at < args.length && WITH_WORDS.contains(args[at])) {
                return manage(args[at], Arrays.copyOfRange(args, at + 1, args.length));
            }
            return verbose ? threads() : act(at == args.length ? "" : args[at]);
        } catch (ControlClient.DeniedException e) {
            err.println("postfix: fatal: the postfix command is reserved for the superuser");
            return 1;
        } catch (ConfigException | CommandException e) {
            err.println("postfix: fatal: " + e.getMessage());
            return 1;
        } catch (IOException e) {
            String file = e instanceof FileSystemException f ? f.getFile() + ": " : "";
            err.println("postfix: fatal: " + file + Reason.of(e));
            return 1;
        }
    }

    private int usage() {
        err.println("postfix: fatal: usage: postfix [-c config_dir] [-Dv] command");
        return 1;
    }

    private int act(String command) throws IOException {
        return switch (command) {
            case "start" -> ready(start());
            case "start-fg" -> startForeground();
            case "stop" -> stop(new ControlRequest.Stop(), "stopping");
            case "abort" -> stop(new ControlRequest.Abort(), "aborting");
            case "reload" -> reload();
            case "flush" -> flush();
            case "status" -> status();
            case "check" -> check();
            case "logrotate" -> {
                String why = new LogRotation(settings).rotate();
                if (why != null) {
                    fatal("logrotate: " + why);
                }
                yield why == null ? 0 : 1;
            }
            default -> {
                fatal("unknown command: '" + command + "'" + USAGE);
                yield 1;
            }
        };
    }

    /// What edits main.cf, or is asked to.
    private int manage(String command, String[] words) throws IOException {
        boolean script = command.equals("tls") || command.equals("non-bdb");
        String name = script ? "postfix-" + command + "-script" : "postfix-script";
        ScriptMessages messages = new ScriptMessages(settings, name, err);
        Editing editing = new Editing(settings, configDirectory, Terminal.system(), messages::say);
        try {
            if (command.equals("tls")) {
                return new PostfixTls(editing, Clock.system()).run(words);
            }
            if (command.equals("non-bdb")) {
                new NonBdb(editing).run(words);
                return 0;
            }
            if (words.length > 0) {
                editing.set(words);
                settings = Server.settings(configDirectory);
            }
            return command.equals("set-permissions") ? permissions() : unneeded(command);
        } catch (CommandException e) {
            messages.say("fatal: " + e.getMessage());
            return e.status();
        } finally {
            editing.terminal().err().flush();
        }
    }

    /// postfix-wrapper(5): where main.cf names other instances and nobody named one of them, the
    /// program of multi_instance_wrapper does what is asked for, for each.
    private int all(String[] args) throws IOException {
        OwnCommands programs = OwnCommands.of(System.getenv("POSTRIDER_BIN"));
        String wrapper = settings.text("multi_instance_wrapper");
        if (wrapper == null || wrapper.isBlank()) {
            err.println(
                    "postfix: fatal: multi-instance support is requested, but"
                            + " multi_instance_wrapper is empty");
            return 1;
        }
        // Postfix's own commands are this program's here, wherever it stands.
        String postfixs = settings.text("command_directory") + "/postmulti";
        List<String> words = new ArrayList<>(Values.words(wrapper));
        if (words.getFirst().equals(postfixs)) {
            words.set(0, programs.directory() + "/postmulti");
        }
        words.addAll(List.of(args));
        out.flush();
        err.flush();
        // One process speaks for all instances.
        Map<String, String> environment =
                new HashMap<>(
                        Postmulti.environment(settings, configDirectory.toString(), programs));
        environment.put(ServiceManager.SOCKET, "");
        boolean start = args.length == 1 && args[0].equals("start");
        int status = programs.run(words, environment, new File("."));
        return start ? ready(status) : status;
    }

    /// Tells the service manager that this start was one, and whose end is the mail system's.
    private int ready(int status) {
        if (status == 0) {
            ServiceManager.ours().ready(masterPid());
        }
        return status;
    }

    private Path queue() {
        return Path.of(settings.get(MasterParams.QUEUE_DIRECTORY));
    }

    private ControlClient control() {
        return new ControlClient(queue());
    }

    /// As [#running], told by the kernel's lists where they know of both: asking takes this command
    /// as long as half of all its other work, most of it for what a first socket initialises.
    private boolean seen() throws IOException {
        return MasterLock.listed(queue().resolve("pid/master.pid")) && control().listed()
                || running();
    }

    private boolean running() throws IOException {
        return ask(new ControlRequest.Status(), new StringBuilder()) != null;
    }

    /// Null where no server answers; else how it went, its lines in `lines`.
    ///
    /// @throws ControlClient.DeniedException where this user may not ask
    private @Nullable Result ask(ControlRequest request, StringBuilder lines) throws IOException {
        try {
            return control().request(request, line -> lines.append(line).append('\n'));
        } catch (ControlClient.DeniedException e) {
            throw e;
        } catch (IOException e) {
            return null;
        }
    }

    private void say(String text) {
        new ScriptMessages(settings, "postfix-script", err).say(text);
    }

    private void fatal(String text) {
        say("fatal: " + text);
    }

    /// Says so when this mail system, or another one on its directories, runs.
    private boolean isRunning() throws IOException {
        String other = running() ? "" : OtherMailSystem.running(settings);
        if (other != null) {
            fatal("the Postfix mail system is already running");
            if (!other.isEmpty()) {
                fatal(queue() + " is in use by another mail system (" + other + ")");
            }
        }
        return other != null;
    }

    private int start() throws IOException {
        if (isRunning()) {
            return 1;
        }
        warnings();
        say("starting the Postfix mail system");
        Process supervisor;
        Path log = queue().resolve("pid/start.log");
        try {
            Directories.makeMissing(queue(), Path.of(settings.get(MasterParams.DATA_DIRECTORY)));
            Files.deleteIfExists(log);
            supervisor =
                    ImportedEnvironment.child(
                                    settings,
                                    "/bin/sh",
                                    "-c",
                                    INTO_A_NEW_FILE,
                                    log.toString(),
                                    bin("supervise"),
                                    configDirectory.toString(),
                                    queue().resolve("pid/master.pid").toString(),
                                    settings.get(MasterParams.HEAP_SIZE),
                                    owner())
                            .directory(queue().toFile())
                            .redirectInput(new File("/dev/null"))
                            .redirectOutput(Redirect.DISCARD)
                            .redirectErrorStream(true)
                            .start();
        } catch (IOException e) {
            fatal("cannot start: " + e.getMessage());
            return 1;
        }
        return awaitStart(supervisor, log);
    }

    private void warnings() {
        for (String warning : Server.check(configDirectory)) {
            err.println("postfix: " + warning);
        }
    }

    /// Whom the server runs as, `-` for who starts it. Its directories are given to that user.
    private String owner() throws IOException {
        if (!drops()) {
            return "-";
        }
        Path data = Path.of(settings.get(MasterParams.DATA_DIRECTORY));
        Directories.makeMissing(queue(), data);
        HandOver to = handOver(data);
        to.logs(settings, true);
        Path runtime = Path.of(System.getProperty("java.home"), "bin/java");
        Stream<Path> jars =
                Stream.of(System.getProperty("java.class.path").split(":", -1)).map(Path::of);
        Path master = configDirectory.resolve("master.cf");
        to.reads(
                Stream.concat(
                        Stream.of(configDirectory.resolve("main.cf"), master, queue(), runtime),
                        jars));
        return settings.get(MasterParams.MAIL_OWNER);
    }

    private boolean drops() {
        return settings.get(MasterParams.DROP_PRIVILEGES)
                && "root".equals(System.getProperty("user.name"));
    }

    private HandOver owning() throws IOException {
        return new HandOver(
                settings.get(MasterParams.MAIL_OWNER),
                text -> err.println("postfix: warning: " + text));
    }

    private HandOver handOver(Path data) throws IOException {
        HandOver to = owning();
        to.queue(queue());
        to.all(data);
        return to;
    }

    private int awaitStart(Process supervisor, Path log) throws IOException {
        Clock clock = Clock.system();
        long until = clock.nanos() + START_MILLIS * 1_000_000;
        while (clock.nanos() < until) {
            if (running()) {
                return 0;
            }
            try {
                if (supervisor.waitFor(10, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                    err.print(Reading.text(log, Reading.SHORT));
                    fatal("mail system startup failed");
                    return 1;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return 1;
            } catch (IOException e) {
                fatal("mail system startup failed");
                return 1;
            }
        }
        // It would be started again and again, and nobody could name it to end it.
        supervisor.destroy();
        supervisor
                .onExit()
                .completeOnTimeout(supervisor, 10, java.util.concurrent.TimeUnit.SECONDS)
                .join();
        err.print(Reading.text(log, Reading.SHORT));
        fatal("mail system startup timed out");
        return 1;
    }

    private static String bin(String name) {
        String bin = System.getenv("POSTRIDER_BIN");
        return (bin == null ? "bin" : Path.of(bin).toAbsolutePath()) + "/" + name;
    }

    private int startForeground() throws IOException {
        if (isRunning()) {
            return 1;
        }
        say("starting the Postfix mail system");
        try {
            Directories.makeMissing(queue(), Path.of(settings.get(MasterParams.DATA_DIRECTORY)));
            Process supervisor =
                    ImportedEnvironment.child(
                                    settings,
                                    bin("supervise"),
                                    configDirectory.toString(),
                                    queue().resolve("pid/master.pid").toString(),
                                    settings.get(MasterParams.HEAP_SIZE),
                                    owner())
                            .directory(queue().toFile())
                            .inheritIO()
                            .start();
            // Whoever ends this process (a container, a service manager) ends the mail system, and
            // it is over when this process is.
            Thread stop =
                    Thread.ofPlatform()
                            .unstarted(() -> {
                                supervisor.destroy();
                                supervisor.onExit().join();
                            });
            Runtime.getRuntime().addShutdownHook(stop);
            return supervisor.waitFor();
        } catch (IOException e) {
            fatal("cannot start: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private int stop(ControlRequest request, String doing) throws IOException {
        if (!running() && !ending()) {
            fatal("the Postfix mail system is not running");
            return 1;
        }
        say(doing + " the Postfix mail system");
        long supervisor = masterPid();
        ask(request, new StringBuilder());
        Clock clock = Clock.system();
        long until = clock.nanos() + STOP_MILLIS * 1_000_000;
        while (clock.nanos() < until) {
            // The pid file goes last; the process itself may wait to be reaped. One that was killed
            // leaves its server, which keeps the lock to its end.
            boolean there =
                    supervisor > 0 ? masterPid() == supervisor && alive(supervisor) : running();
            if (!there && OtherMailSystem.running(settings) == null) {
                return 0;
            }
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
        return 1;
    }

    /// A server whose master was killed has seen it and completes what is on its way.
    private boolean ending() throws IOException {
        return !alive(masterPid()) && OtherMailSystem.running(settings) != null;
    }

    /// One that waits to be reaped is not: the JDK takes it for alive.
    private static boolean alive(long pid) {
        if (pid <= 0 || !ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
            return false;
        }
        try {
            String stat = Reading.text(Path.of("/proc/" + pid + "/stat"), Reading.SHORT);
            return !stat.startsWith(") Z", stat.lastIndexOf(')'));
        } catch (IOException e) {
            return true;
        }
    }

    private long masterPid() {
        try {
            return Long.parseLong(
                    Reading.text(queue().resolve("pid/master.pid"), Reading.SHORT).strip());
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }

    private int reload() throws IOException {
        if (!running()) {
            fatal("the Postfix mail system is not running");
            return 1;
        }
        if (drops()) {
            owning().logs(settings, false);
        }
        warnings();
        say("refreshing the Postfix mail system");
        StringBuilder lines = new StringBuilder();
        ServiceManager manager = ServiceManager.ours();
        manager.reloading();
        Result result = ask(new ControlRequest.Reload(), lines);
        manager.ready(0);
        err.print(lines);
        return result == Result.DONE ? 0 : 1;
    }

    /// Says, as postfix(1) does, that defaults of an older Postfix are in effect.
    private void compatibility() {
        boolean older =
                settings.expand("${{$compatibility_level} <level {" + LEVEL + "} ? {yes}}")
                        .equals("yes");
        if (older) {
            err.println("postfix: Postfix is using backwards-compatible default settings");
            err.println(
                    "postfix: See https://www.postfix.org/COMPATIBILITY_README.html for details");
            err.println(
                    "postfix: To disable backwards compatibility use \"postconf"
                            + " compatibility_level="
                            + LEVEL
                            + "\" and \"postfix reload\"");
        }
    }

    private int flush() throws IOException {
        Result result = ask(new ControlRequest.Flush(), new StringBuilder());
        if (result == null) {
            err.println("postqueue: fatal: Cannot flush mail queue - mail system is down");
            return CommandException.UNAVAILABLE;
        }
        return result.status();
    }

    private int status() throws IOException {
        if (!seen()) {
            say("the Postfix mail system is not running");
            String other = ended() ? null : OtherMailSystem.running(settings);
            if (other != null) {
                say("warning: " + queue() + " is in use by another mail system (" + other + ")");
            }
            return 1;
        }
        say("the Postfix mail system is running: PID: " + masterPid());
        ended();
        for (String other : Server.instances(settings)) {
            say("warning: " + other);
        }
        return 0;
    }

    /// That the server died and was started again, which Postfix's master only logs.
    private boolean ended() {
        FormerEnd ended = masterPid() > 0 ? FormerEnd.of(queue()) : null;
        if (ended != null) {
            say("warning: " + ended.summary());
        }
        return ended != null;
    }

    /// `postfix status -v`: the services, and what the server's threads do and when they last went
    /// on.
    private int threads() throws IOException {
        int status = status();
        StringBuilder lines = new StringBuilder();
        if (status != 0 || ask(new ControlRequest.Threads(), lines) == null) {
            return 1;
        }
        out.print(lines);
        out.flush();
        return 0;
    }

    /// Makes the directories that are missing, and root gives them to mail_owner, as a start does.
    private int permissions() throws IOException {
        Path data = Path.of(settings.get(MasterParams.DATA_DIRECTORY));
        Directories.makeMissing(queue(), data);
        if (drops()) {
            handOver(data);
        }
        return 0;
    }

    /// What an upgrade of Postfix asks for and ours has no need of; said, so that nobody waits for
    /// an effect.
    private int unneeded(String command) {
        err.println(
                "postfix: "
                        + command
                        + ": nothing to do: files keep the owner and mode they have, main.cf and"
                        + " master.cf are read as they stand, and `postfix check` says what is"
                        + " wrong");
        return 0;
    }

    private int check() throws IOException {
        int faults = 0;
        boolean less = false;
        Path data = Path.of(settings.get(MasterParams.DATA_DIRECTORY));
        for (String wide : Directories.makeMissing(queue(), data)) {
            err.println("postfix: warning: " + wide);
        }
        for (String line : Server.check(configDirectory)) {
            err.println("postfix: " + line);
            faults += line.startsWith("fatal") || line.startsWith("error") ? 1 : 0;
            less |= line.contains(": accepted and ");
        }
        if (less) {
            err.println(
                    "postfix: of all names of Postfix 3.12, honoured, harmless and holding mail: "
                            + Programs.standard().honoured().counts());
        }
        out.flush();
        return faults == 0 ? 0 : 1;
    }
}
