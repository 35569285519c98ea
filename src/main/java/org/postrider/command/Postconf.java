package org.postrider.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;

/// `postconf`: shows main.cf and master.cf settings and edits main.cf.
public final class Postconf {
    private static final String USAGE =
            "usage: postconf [-a (server SASL types)] [-A (client SASL types)] [-b (bounce templates)]"
                    + " [-c config_dir] [-c param_class] [-d (parameter defaults)] [-e (edit"
                    + " configuration)] [-f (fold lines)] [-F (master.cf fields)] [-h (no names)]"
                    + " [-H (no values)] [-l (lock types)] [-m (map types)] [-M (master.cf)] [-n"
                    + " (non-default parameters)] [-o name=value (override parameter value)] [-p"
                    + " (main.cf, default)] [-P (master.cf parameters)] [-t (bounce templates)] [-T"
                    + " compile-version|run-version|public-key-algorithms] [-v (verbose)] [-x (expand"
                    + " parameter values)] [-X (exclude)] [-# (comment-out)] [name...]";
    private static final String MAP_TYPES =
            "btree\ncidr\nenviron\nfail\nhash\ninline\ninternal\npcre\npipemap\nproxy\nrandmap\nregexp\n"
                    + "static\ntexthash\nunionmap\n";

    /// How values are shown.
    ///
    /// @param defaults -d
    /// @param set -n: only what main.cf sets
    /// @param noNames -h
    /// @param noValues -H
    /// @param expand -x
    /// @param fold -f
    record Style(
            boolean defaults,
            boolean set,
            boolean noNames,
            boolean noValues,
            boolean expand,
            boolean fold) {}

    private final Terminal terminal;
    private final Messages say;
    private final StringBuilder flags = new StringBuilder();
    private final Map<String, String> overrides = new LinkedHashMap<>();
    private @Nullable String configDirectory;
    private String parameterClass = "all";

    Postconf(Terminal terminal) {
        this.terminal = terminal;
        say = new Messages("postconf", terminal.err());
    }

    /// @return the exit status: 0, or 1 for a bad request or configuration
    public int run(String[] args) {
        Options options =
                new Options("postconf", "aAbc:C:deEfFhHjlmMno:pPqtT:vxX#", args, terminal.err());
        try {
            for (char c = options.next(); c != 0; c = options.next()) {
                option(c, options.argument());
            }
            act(options.rest());
            return 0;
        } catch (CommandException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return e.status();
        } catch (ConfigException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return 1;
        } catch (IOException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return 1;
        }
    }

    private void option(char c, String argument) {
        switch (c) {
            case 'c' -> configDirectory = argument;
            case 'C' -> parameterClass = argument;
            case 'o' -> {
                int equals = argument.indexOf('=');
                if (equals <= 0) {
                    throw new CommandException(
                            1, "missing '=' after attribute name: \"" + argument + "\"");
                }
                overrides.put(
                        argument.substring(0, equals).strip(),
                        argument.substring(equals + 1).strip());
            }
            case '?' -> throw new CommandException(1, USAGE);
            default -> flags.append(c);
        }
    }

    private boolean has(char flag) {
        return flags.indexOf(String.valueOf(flag)) >= 0;
    }

    private void act(String[] names) throws IOException {
        Path directory = ToolConfig.directory(configDirectory, terminal);
        OctetOut out = new OctetOut(terminal.out());
        if (has('e') || has('X') || has('#')) {
            edit(names, directory);
        } else if (has('m')) {
            out.text(MAP_TYPES);
        } else if (has('l')) {
            out.text("flock\nfcntl\ndotlock\n");
        } else if (has('M') || has('F') || has('P')) {
            new PostconfMaster(directory, style(), out, say)
                    .show(has('M') ? 'M' : has('F') ? 'F' : 'P', names);
        } else if (has('b') || has('t') || has('T') || has('j')) {
            throw new CommandException(1, "this option is not available yet");
        } else if (!has('a') && !has('A')) {
            if (edits(names)) {
                edit(names, directory);
            } else {
                new PostconfParameters(directory, overrides, style(), out, say)
                        .show(parameterClass, names);
            }
        }
        out.flush();
    }

    private Style style() {
        return new Style(has('d'), has('n'), has('h'), has('H'), has('x'), has('f'));
    }

    /// `postconf name=value` edits without `-e`.
    private boolean edits(String[] names) {
        return names.length > 0 && names[0].indexOf('=') >= 0 && flags.isEmpty();
    }

    private void edit(String[] names, Path directory) throws IOException {
        if (has('M') || has('F') || has('P')) {
            throw new CommandException(1, "editing master.cf is not available yet");
        }
        char mode = has('X') ? 'X' : has('#') ? '#' : 'e';
        if (has('e') && mode != 'e' || has('X') && has('#')) {
            throw new CommandException(
                    1, has('X') && has('e') ? "specify one of -e -X" : "specify one of -e -#");
        }
        if (mode == 'e' && names.length == 0) {
            throw new CommandException(1, "-e requires name=value argument");
        }
        new MainCfEditor(directory.resolve("main.cf"), say).edit(mode, names);
    }
}
