package org.postrider.command.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.showq.Filter;
import org.postrider.showq.FilterException;

/// `--where FILTER` (or `--where=FILTER`) and `--dry-run` among the arguments of a command: which
/// messages are meant (docs/queue-tools.md).
///
/// @param filter null where there is none
/// @param rest the other arguments
record WhereOption(@Nullable Filter filter, boolean dry, String[] rest) {
    private static final String WHERE = "--where";

    /// @param status of a command that fails
    /// @throws CommandException with the place, for what is no filter
    static WhereOption of(String[] args, int status) {
        List<String> rest = new ArrayList<>();
        Filter filter = null;
        boolean dry = false;
        int end = List.of(args).indexOf("--");
        int last = end < 0 ? args.length : end;
        for (int i = 0; i < args.length; i++) {
            String arg = args[i];
            if (i >= last || !arg.startsWith(WHERE) && !arg.equals("--dry-run")) {
                rest.add(arg);
            } else if (arg.equals("--dry-run")) {
                dry = true;
            } else if (filter != null) {
                throw new CommandException(status, "--where is there twice");
            } else if (arg.equals(WHERE) && i + 1 == args.length) {
                throw new CommandException(status, "--where needs a filter");
            } else if (arg.equals(WHERE)) {
                filter = parse(args[++i], status);
            } else if (arg.startsWith(WHERE + "=")) {
                filter = parse(arg.substring(WHERE.length() + 1), status);
            } else {
                rest.add(arg);
            }
        }
        return new WhereOption(filter, dry, rest.toArray(String[]::new));
    }

    /// The place is shown below the filter, where it fits a line.
    private static Filter parse(String text, int status) {
        try {
            return Filter.parse(text);
        } catch (FilterException e) {
            StringBuilder below = new StringBuilder();
            boolean plain = text.chars().allMatch(c -> c >= ' ' && c < 127);
            if (plain && !text.isEmpty() && text.length() < 200) {
                below.append("    ").append(text).append("\n    ");
                below.repeat(" ", e.place()).append('^');
            }
            throw CommandException.shown(status, "--where: " + e.line(), below.toString());
        }
    }
}
