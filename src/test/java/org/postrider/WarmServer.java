package org.postrider;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.master.Server;
import org.postrider.queue.QueueException;

/// One JVM that runs one mail system after another, each made from its own configuration directory
/// and closed before the next: what the dialogues of src/test/twin are played on when no process of
/// its own is needed. `src/test/twin/test-all` runs it from this file.
///
/// Standard input has one order a line, standard output one answer to each: `start DIRECTORY` and
/// `stop` are answered by `ok` or by `failed` with the reason. Ends with its input.
final class WarmServer {
    private @Nullable Server server;

    private WarmServer() {}

    public static void main(String[] args) throws IOException {
        WarmServer warm = new WarmServer();
        // Whatever else is printed must not be taken for an answer.
        PrintStream answers = System.out;
        System.setOut(System.err);
        BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            answers.println(warm.obey(order));
            answers.flush();
        }
        warm.stop();
    }

    private String obey(String order) {
        try {
            if (order.equals("stop")) {
                stop();
            } else if (order.startsWith("start ") && server == null) {
                server = Server.start(Path.of(order.substring("start ".length())));
            } else {
                return "failed: " + order;
            }
            return "ok";
        } catch (ConfigException | QueueException e) {
            return "failed: " + String.valueOf(e.getMessage()).replace('\n', ' ');
        }
    }

    private void stop() {
        if (server != null) {
            server.close();
            server = null;
        }
    }
}
