package org.postrider.command;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.command.manager.ServiceManager;
import org.postrider.config.ConfigException;
import org.postrider.master.Acting.Beside;
import org.postrider.master.Server;
import org.postrider.queue.QueueException;

/// The server process: `serve CONFIG_DIRECTORY [PID_OF_MASTER [helper [PIPE]]]`. Ends with 0 when
/// it was told to stop, 78 when it cannot start as configured, 70 after a bug that it cannot go on
/// with: then it is started again.
final class Serve {
    private static final int CANNOT_START = 78;
    private static final int BROKEN = 70;

    private Serve() {}

    /// With the pipe at which a helper that left is waited for.
    private static @Nullable Beside beside(String[] args) {
        return args.length == 2 ? null : new Beside(args.length == 3 ? null : Path.of(args[3]));
    }

    static int run(String[] args) {
        if (args.length < 1 || args.length > 4) {
            System.err.println("usage: serve CONFIG_DIRECTORY [PID_OF_MASTER [helper [PIPE]]]");
            return 64;
        }
        try {
            Server server =
                    args.length == 1
                            ? Server.start(Path.of(args[0]))
                            : Server.start(Path.of(args[0]), Long.parseLong(args[1]), beside(args));
            Thread stop = Thread.ofPlatform().unstarted(server::close);
            Runtime.getRuntime().addShutdownHook(stop);
            boolean told = server.awaitEnd();
            if (told) {
                ServiceManager.ours().stopping();
            }
            return told ? 0 : BROKEN;
        } catch (ConfigException | QueueException e) {
            System.err.println("postfix/master: fatal: " + e.getMessage());
            return CANNOT_START;
        }
    }
}
