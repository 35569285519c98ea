package org.postrider.command.move;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.command.Messages;
import org.postrider.command.ToolLog;
import org.postrider.moving.Told;

/// Counts what is moved, and says what is not.
final class Counts implements Told {
    private final Messages say;
    private final @Nullable ToolLog log;
    private final Path directory;
    private final boolean verbose;
    private final Map<String, Integer> moved = new LinkedHashMap<>();
    private int left;
    private int remarks;

    /// @param log null for a dry run, of which nothing is logged
    Counts(Messages say, @Nullable ToolLog log, Path directory, boolean verbose) {
        this.say = say;
        this.log = log;
        this.directory = directory;
        this.verbose = verbose;
    }

    @Override
    public void moved(String queueName, String before, String now) {
        moved.merge(queueName, 1, Integer::sum);
        if (!before.equals(now)) {
            log(now + ": was " + before + " in " + queueName + " (" + directory + ")");
        }
        if (verbose) {
            say.info(queueName + "/" + before + (before.equals(now) ? "" : ": now " + now));
        }
    }

    @Override
    public void left(String what, String why) {
        left++;
        say.warning(what + ": left where it is: " + why);
        if (log != null) {
            log.warning(what + ": left where it is: " + why);
        }
    }

    @Override
    public void remark(String what, String text) {
        remarks++;
        say.info(what + ": " + text);
        log(what + ": " + text);
    }

    private void log(String line) {
        if (log != null) {
            log.info(line);
        }
    }

    /// @return the exit status
    int sum(boolean in, boolean dry) {
        int all = moved.values().stream().mapToInt(Integer::intValue).sum();
        StringBuilder text = new StringBuilder();
        text.append(dry ? "Would be " : "").append(word(in, dry));
        text.append(": ").append(all).append(all == 1 ? " message" : " messages");
        String between = " (";
        for (Map.Entry<String, Integer> e : moved.entrySet()) {
            text.append(between).append(e.getValue()).append(' ').append(e.getKey());
            between = ", ";
        }
        text.append(moved.isEmpty() ? "" : ")").append("; left: ").append(left);
        if (remarks > 0) {
            text.append("; remarks: ").append(remarks);
        }
        String line = text.toString();
        say.info(line);
        log(line);
        return left == 0 ? 0 : 1;
    }

    private static String word(boolean in, boolean dry) {
        if (dry) {
            return in ? "imported" : "exported";
        }
        return in ? "Imported" : "Exported";
    }
}
