package org.postrider.command.queue;

import org.postrider.command.Messages;
import org.postrider.command.Options;
import org.postrider.command.Terminal;

/// `mailq [-C directory] [-v]`: what `postqueue -p` prints, with sendmail's way to name the
/// configuration.
public final class Mailq {
    private static final int EX_USAGE = 64;

    private Mailq() {}

    public static void main(String[] args) {
        Terminal terminal = Terminal.system();
        int status = run(args, terminal);
        terminal.err().flush();
        System.exit(status);
    }

    public static int run(String[] args, Terminal terminal) {
        Options options = new Options("mailq", "A:B:C:b:q:v", args, terminal.err());
        String directory = null;
        for (char c = options.next(); c != 0; c = options.next()) {
            switch (c) {
                case 'C' -> directory = options.argument();
                case 'A', 'B', 'b', 'q', 'v' -> {}
                default -> {
                    new Messages("mailq", terminal.err()).fatal("usage: mailq [options]");
                    return EX_USAGE;
                }
            }
        }
        if (directory != null && directory.endsWith("/main.cf")) {
            directory = directory.substring(0, directory.length() - "/main.cf".length());
        }
        return new Postqueue("postqueue", terminal)
                .run(
                        directory == null
                                ? new String[] {"-p"}
                                : new String[] {"-c", directory, "-p"});
    }
}
