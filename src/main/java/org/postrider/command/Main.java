package org.postrider.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.postrider.time.Clock;

/// The door to every command: `Main NAME ARGS`. Classes of one command only are touched.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        String name = args.length == 0 ? "help" : args[0];
        String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
        System.exit(run(name, octets(rest)));
    }

    /// Arguments as octets kept as chars: what the locale cannot decode is lost in `args`.
    private static String[] octets(String[] args) {
        boolean plain = true;
        for (String arg : args) {
            for (int i = 0; i < arg.length(); i++) {
                plain &= arg.charAt(i) < 128;
            }
        }
        if (plain) {
            return args;
        }
        try {
            String[] all =
                    Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.ISO_8859_1)
                            .split("\0", -1);
            return Arrays.copyOfRange(all, all.length - 1 - args.length, all.length - 1);
        } catch (IOException e) {
            return args;
        }
    }

    private static int run(String name, String[] args) {
        return switch (name) {
            case "postfix" -> new Postfix(System.out, System.err).run(args);
            case "postqueue" -> terminal(t -> new Postqueue("postqueue", t).run(args));
            case "postmap", "postalias" -> terminal(t -> new Postmap(name, t).run(args));
            case "postconf" -> terminal(t -> new Postconf(t).run(args));
            case "postsuper" -> terminal(t -> new Postsuper(t).run(args));
            case "postcat" -> terminal(t -> new Postcat(t).run(args));
            case "saslpasswd2" -> terminal(t -> new Saslpasswd(t).run(args));
            case "sasldblistusers2" -> terminal(t -> new Saslpasswd(t).list(args));
            case "qshape" -> terminal(t -> new Qshape(t, Clock.system()).run(args));
            case "mailq" -> terminal(t -> Mailq.run(args, t));
            case "sendmail", "newaliases" ->
                    new Sendmail(System.in, System.err).run(name, args, Main::run);
            case "demo" -> new Demo(System.out).run(args);
            case "serve" -> Serve.run(args);
            case "train-commands" -> Train.commands(args);
            case "train-server" -> Train.server(args);
            default -> {
                System.err.println("postrider: unknown command: " + name);
                yield 64;
            }
        };
    }

    /// A command on this terminal.
    private interface Command {
        int run(Terminal terminal);
    }

    private static int terminal(Command command) {
        Terminal terminal = Terminal.system();
        int status = command.run(terminal);
        terminal.err().flush();
        return status;
    }
}
