package org.postrider.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postrider.command.container.Container;
import org.postrider.command.convert.Postconvert;
import org.postrider.command.demo.Demo;
import org.postrider.command.dkim.Postdkim;
import org.postrider.command.doctor.Postdoctor;
import org.postrider.command.explain.Postexplain;
import org.postrider.command.login.Postoauth;
import org.postrider.command.login.Saslpasswd;
import org.postrider.command.move.Postmove;
import org.postrider.command.multi.OwnCommands;
import org.postrider.command.multi.Postmulti;
import org.postrider.command.page.Postpage;
import org.postrider.command.postconf.Postconf;
import org.postrider.command.queue.Postcat;
import org.postrider.command.queue.Postqueue;
import org.postrider.command.queue.Postsuper;
import org.postrider.command.queue.Posttrace;
import org.postrider.command.queue.Qshape;
import org.postrider.command.script.Postkick;
import org.postrider.command.script.Postlock;
import org.postrider.command.script.Postlog;
import org.postrider.command.stone.SmtpSink;
import org.postrider.command.stone.SmtpSource;
import org.postrider.command.submit.PostdropCommand;
import org.postrider.command.submit.Sendmail;
import org.postrider.command.table.Postmap;
import org.postrider.command.tls.PosttlsFinger;
import org.postrider.config.Reason;
import org.postrider.disk.Reading;
import org.postrider.disk.RealDisk;
import org.postrider.dns.SystemResolver;
import org.postrider.time.Clock;

/// The door to every command: `Main NAME ARGS`. Classes of one command only are touched.
public final class Main {
    private static final int USAGE = 64;
    private static final int SOFTWARE = 70;
    private static final int DNS_PORT = 53;

    /// What they print is not their result: who saw them fail would send the mail once more.
    private static final Set<String> SUBMITS =
            Set.of("sendmail", "mailq", "newaliases", "postdrop");

    private Main() {}

    public static void main(String[] args) {
        String name = args.length == 0 ? "help" : args[0];
        String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
        int status = guarded(name, Octets.arguments(rest));
        System.out.flush();
        System.err.flush();
        if (ends(name, args)) {
            System.exit(status);
        }
        Runtime.getRuntime().halt(status);
    }

    /// Whether something is to be done at the end of the process. Where nothing is, it ends at
    /// once: an exit of Java's first makes itself a logger, a tenth of what a command takes.
    private static boolean ends(String name, String[] args) {
        return Set.of("serve", "demo", "smtp-sink", "container").contains(name)
                || Arrays.asList(args).contains("start-fg");
    }

    /// Whatever a command did not foresee is said in a sentence, with the place in our code and
    /// without the name of a Java class, and ends it with a status that is a failure.
    static int guarded(String name, String[] args) {
        try {
            return run(name, args);
        } catch (CommandException e) {
            System.err.println(name + ": fatal: " + e.getMessage());
            return e.status();
        } catch (UncheckedIOException e) {
            System.err.println(name + ": fatal: " + Reason.of(e));
            return name.equals("sendmail") ? Sendmail.TEMPORARY : 1;
        } catch (RuntimeException | Error e) {
            // Also a library that is not to be read, as while the program is replaced.
            String text = e.getMessage();
            boolean memory = e instanceof OutOfMemoryError;
            System.err.println(
                    name
                            + ": fatal: "
                            + (memory ? "out of memory" : "internal error")
                            + (text == null || memory ? "" : ": " + text)
                            + place(e));
            return name.equals("sendmail") ? Sendmail.TEMPORARY : SOFTWARE;
        }
    }

    private static String place(Throwable e) {
        for (StackTraceElement each : e.getStackTrace()) {
            if (each.getClassName().startsWith("org.postrider.")) {
                return " (" + each.getFileName() + ", line " + each.getLineNumber() + ")";
            }
        }
        return "";
    }

    private static int run(String name, String[] args) {
        if (Help.given(name.equals("help") ? "postrider" : name, args, System.out)) {
            return 0;
        }
        return switch (name) {
            case "postfix" -> new Postfix(System.out, System.err).run(args);
            case "postqueue" -> terminal(name, t -> new Postqueue("postqueue", t).run(args));
            case "postmap", "postalias" -> terminal(name, t -> new Postmap(name, t).run(args));
            case "postconf" -> terminal(name, t -> new Postconf(t).run(args));
            case "postmulti" ->
                    terminal(name, t -> new Postmulti(t, OwnCommands.of(bin())).run(args));
            case "posttrace" -> terminal(name, t -> new Posttrace(t).run(args));
            case "postsuper" -> terminal(name, t -> new Postsuper(t).run(args));
            case "postconvert" ->
                    terminal(name, t -> new Postconvert(t, masterCfs(), new RealDisk()).run(args));
            case "postmove" -> terminal(name, t -> new Postmove(t).run(args));
            case "postcat" -> terminal(name, t -> new Postcat(t).run(args));
            case "postlog" -> terminal(name, t -> new Postlog(t).run(args));
            case "postkick" -> terminal(name, t -> new Postkick(t).run(args));
            case "postlock" -> terminal(name, t -> new Postlock(t, Clock.system()).run(args));
            case "smtp-sink" -> terminal(name, t -> new SmtpSink(t, bin()).run(args));
            case "smtp-source" -> terminal(name, t -> new SmtpSource(t).run(args));
            case "qmqp-sink", "qmqp-source" -> {
                System.err.println(
                        name
                                + ": fatal: QMQP is not there, neither as a server (qmqpd) nor as a"
                                + " client; smtp-sink and smtp-source speak SMTP and LMTP");
                yield 1;
            }
            case "postexplain" -> terminal(name, t -> explain(t).run(args));
            case "postdoctor" -> terminal(name, t -> doctor(t).run(args));
            case "postpage" -> terminal(name, t -> new Postpage(t, Clock.system()).run(args));
            case "postoauth" -> terminal(name, t -> new Postoauth(t).run(args));
            case "postdkim" -> terminal(name, t -> dkim(t).run(args));
            case "posttls-finger" -> terminal(name, t -> finger(t).run(args));
            case "saslpasswd2" -> terminal(name, t -> new Saslpasswd(t).run(args));
            case "sasldblistusers2" -> terminal(name, t -> new Saslpasswd(t).list(args));
            case "qshape" -> terminal(name, t -> new Qshape(t, Clock.system()).run(args));
            case "postdrop" -> terminal(name, t -> new PostdropCommand(t).run(args));
            case "sendmail", "mailq", "newaliases" ->
                    terminal(name, t -> new Sendmail(t).run(name, args, Main::run));
            case "demo" -> new Demo(System.out).run(args);
            case "container" -> terminal(name, t -> container(t).run(args));
            case "serve" -> Serve.run(args);
            case "rehearse" -> args.length == 1 ? rehearse(Path.of(args[0])) : USAGE;
            case "help", "--help" -> help(args);
            default -> {
                System.err.println("postrider: unknown command: " + name);
                Help.show("postrider", System.err);
                yield USAGE;
            }
        };
    }

    /// Runs the commands of a file, one a line, its words parted by a space: what the start-up
    /// cache is made of (src/train/Train.java). How they end is no matter.
    private static int rehearse(Path commands) {
        try {
            for (String line : Reading.lines(commands, Reading.SHORT)) {
                String[] words = line.split(" ", -1);
                guarded(words[0], Arrays.copyOfRange(words, 1, words.length));
            }
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What a master.cf begins as: this program's own, else where a package has put it.
    private static List<Path> masterCfs() {
        return List.of(
                Path.of(OwnCommands.of(bin()).directory()).resolveSibling("conf/master.cf"),
                Path.of("/usr/share/postfix/master.cf.dist"),
                Path.of("/etc/postfix/master.cf.proto"),
                Path.of("/etc/postfix/master.cf"));
    }

    private static @Nullable String bin() {
        return System.getenv("POSTRIDER_BIN");
    }

    private static Postexplain explain(Terminal terminal) {
        Clock clock = Clock.system();
        return new Postexplain(
                terminal, new SystemResolver(Path.of("/etc/resolv.conf"), DNS_PORT, clock), clock);
    }

    private static Postdkim dkim(Terminal terminal) {
        Clock clock = Clock.system();
        return new Postdkim(
                terminal, new SystemResolver(Path.of("/etc/resolv.conf"), DNS_PORT, clock), clock);
    }

    private static Postdoctor doctor(Terminal terminal) {
        Clock clock = Clock.system();
        return new Postdoctor(
                terminal, new SystemResolver(Path.of("/etc/resolv.conf"), DNS_PORT, clock), clock);
    }

    private static Container container(Terminal terminal) {
        Map<String, String> environment = new HashMap<>();
        for (String name : System.getenv().keySet()) {
            environment.put(name, String.valueOf(Octets.environment(name)));
        }
        return new Container(
                terminal, environment, Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start"));
    }

    private static PosttlsFinger finger(Terminal terminal) {
        Clock clock = Clock.system();
        return new PosttlsFinger(
                terminal,
                new SystemResolver(Path.of("/etc/resolv.conf"), DNS_PORT, clock),
                clock,
                seconds -> LockSupport.parkNanos(seconds * 1_000_000_000L));
    }

    private static int help(String[] args) {
        String about = args.length == 0 ? "postrider" : args[0];
        if (Help.show(about, System.out)) {
            return 0;
        }
        System.err.println("postrider: unknown command: " + about);
        return USAGE;
    }

    /// A command on this terminal.
    private interface Command {
        int run(Terminal terminal);
    }

    private static int terminal(String name, Command command) {
        Terminal terminal = Terminal.system();
        int status;
        try {
            status = command.run(terminal);
        } catch (Terminal.Output.Lost lost) {
            status = 0;
        } finally {
            terminal.out().flush();
            terminal.err().flush();
        }
        Terminal.Output.Lost lost =
                terminal.out() instanceof Terminal.Output out && !SUBMITS.contains(name)
                        ? out.lost()
                        : null;
        if (status == 0 && lost != null && !lost.gone()) {
            System.err.println(name + ": fatal: output write error: " + lost.getMessage());
            return name.equals("postqueue") ? CommandException.UNAVAILABLE : 1;
        }
        return status;
    }
}
