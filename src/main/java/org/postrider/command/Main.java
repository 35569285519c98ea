package org.postrider.command;

import java.util.Arrays;
import org.postrider.time.Clock;

/// The door to every command: `Main NAME ARGS`. Classes of one command only are touched.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        String name = args.length == 0 ? "help" : args[0];
        String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
        System.exit(run(name, rest));
    }

    private static int run(String name, String[] args) {
        return switch (name) {
            case "postfix" -> new Postfix(System.out, System.err).run(args);
            case "postqueue" -> terminal(t -> new Postqueue("postqueue", t).run(args));
            case "postmap", "postalias" -> terminal(t -> new Postmap(name, t).run(args));
            case "postconf" -> terminal(t -> new Postconf(t).run(args));
            case "postsuper" -> terminal(t -> new Postsuper(t).run(args));
            case "postcat" -> terminal(t -> new Postcat(t).run(args));
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
