package org.postrider.command.explain;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.Needs;

/// The dialogues of src/test/twin, read by the runner's own parser, with its name server and policy
/// server for as long as this is open. What they expect is what real Postfix said.
final class Dialogues implements AutoCloseable {
    /// @param kind `C:`, `S:`, `AUTH`, …
    record Line(String kind, String text) {}

    /// @param key of its configuration, which lies in `conf` while it is the next one
    record Case(String file, String name, String from, String key, List<Line> lines) {
        /// Its addresses are verified by a running server, by probes.
        boolean verifies() {
            return file.equals("verification.case");
        }
    }

    private final Process process;
    private final BufferedReader from;
    private final BufferedWriter to;
    final int dnsPort;

    Dialogues(Path work, List<String> files) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Needs.program("python3").toString());
        command.add("src/test/explain/dialogues.py");
        command.add(work.toString());
        files.forEach(each -> command.add("src/test/twin/" + each));
        process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        // Octets as chars, as mail is.
        from = process.inputReader(StandardCharsets.ISO_8859_1);
        to = process.outputWriter(StandardCharsets.UTF_8);
        dnsPort = Integer.parseInt(line().split("\t")[1]);
    }

    private String line() throws IOException {
        String line = from.readLine();
        if (line == null) {
            throw new IOException("dialogues.py has ended");
        }
        return line;
    }

    /// Null after the last.
    @Nullable Case next() throws IOException {
        to.write("next\n");
        to.flush();
        String[] head = line().split("\t");
        if (head[0].equals("DONE")) {
            return null;
        }
        List<Line> lines = new ArrayList<>();
        for (String each = line(); !each.equals("END"); each = line()) {
            String[] parts = each.split("\t", -1);
            lines.add(new Line(parts[1], plain(parts[2])));
        }
        return new Case(head[1], head[2], head[3], head[4], lines);
    }

    private static String plain(String text) {
        return text.replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\");
    }

    @Override
    public void close() {
        process.destroy();
    }
}
