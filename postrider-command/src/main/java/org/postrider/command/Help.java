package org.postrider.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// What `COMMAND --help` prints: a few lines a command, kept as `help/COMMAND.txt`.
public final class Help {
    private Help() {}

    /// True where help was asked for and given, on `out`. postfix(1) takes verbs, so `help` is one.
    static boolean given(String name, String[] args, PrintStream out) {
        boolean asked =
                args.length == 1
                        && (args[0].equals("--help")
                                || (name.equals("postfix") && args[0].equals("help")));
        return asked && show(name, out);
    }

    /// False where there is no such command.
    public static boolean show(String name, PrintStream out) {
        try (InputStream in = Help.class.getResourceAsStream("help/" + name + ".txt")) {
            if (in == null) {
                return false;
            }
            out.print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            out.flush();
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
