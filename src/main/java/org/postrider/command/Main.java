package org.postrider.command;

import java.util.Arrays;

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
            case "serve" -> Serve.run(args);
            case "train-commands" -> Train.commands(args);
            case "train-server" -> Train.server(args);
            default -> {
                System.err.println("postrider: unknown command: " + name);
                yield 64;
            }
        };
    }
}
