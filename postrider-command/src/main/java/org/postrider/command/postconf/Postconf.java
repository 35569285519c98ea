package org.postrider.command.postconf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.bounce.BounceTemplates;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.OctetOut;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.config.ConfigException;
import org.postrider.config.MacroException;
import org.postrider.config.ServiceSettings;
import org.postrider.maps.TableTypes;

/// `postconf`: shows and edits main.cf and master.cf (postconf(1) of Postfix 3.12).
public final class Postconf {
    private static final String USAGE =
            "usage: postconf [-a (server SASL types)] [-A (client SASL types)] [-b (bounce"
                    + " templates)] [-c config_dir] [-c param_class] [-d (parameter defaults)] [-e"
                    + " (edit configuration)] [-f (fold lines)] [-F (master.cf fields)] [-h (no names)]"
                    + " [-H (no values)] [-j (streaming JSON) ] [-l (lock types)] [-m (map types)] [-M"
                    + " (master.cf)] [-n (non-default parameters)] [-o name=value (override parameter"
                    + " value)] [-p (main.cf, default)] [-P (master.cf parameters)] [-t (bounce"
                    + " templates)] [-T compile-version|run-version|public-key-algorithms] [-v"
                    + " (verbose)] [-x (expand parameter values)] [-X (exclude)] [-# (comment-out)]"
                    + " [name...]";

    /// How values are shown.
    ///
    /// @param defaults -d
    /// @param set -n: only what main.cf sets
    /// @param noNames -h
    /// @param noValues -H
    /// @param expand -x
    /// @param fold -f
    /// @param json -j
    /// @param quiet -q: nothing of unused or deprecated names
    record Style(
            boolean defaults,
            boolean set,
            boolean noNames,
            boolean noValues,
            boolean expand,
            boolean fold,
            boolean json,
            boolean quiet) {}

    private final Terminal terminal;
    private final Messages say;
    private final PostconfFlag.Given flags = new PostconfFlag.Given();
    private final Map<String, String> overrides = new LinkedHashMap<>();
    private @Nullable String configDirectory;
    private String parameterClass = "builtin,service,user";
    private String tlsMode = "";
    private boolean quiet;

    public Postconf(Terminal terminal) {
        this.terminal = terminal;
        say = Messages.ascii("postconf", terminal.err());
    }

    /// @return the exit status: 0, or 1 for a bad request or configuration
    public int run(String[] args) {
        Options options =
                new Options("postconf", "aAbc:C:deEfFhHjlmMno:pPqtT:vxX#", args, terminal.err());
        OctetOut out = new OctetOut(terminal.out());
        try {
            for (char c = options.next(); c != 0; c = options.next()) {
                option(c, options.argument());
            }
            String[] names = options.rest();
            flags.complete(names.length > 0 && names[0].indexOf('=') >= 0);
            flags.check();
            boolean done = act(names, out);
            out.flush();
            return done ? 0 : 1;
        } catch (CommandException e) {
            String who = e.program();
            (who == null ? say : new Messages(who, terminal.err()))
                    .fatal(String.valueOf(e.getMessage()));
            return e.status();
        } catch (MacroException e) {
            say.warning(String.valueOf(e.getMessage()));
            say.fatal("macro processing error");
            return 1;
        } catch (ConfigException | IOException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return 1;
        }
    }

    private void option(char c, String argument) {
        switch (c) {
            case 'c' -> configDirectory = argument;
            case 'C' -> {
                ParameterClasses.check(argument);
                parameterClass = argument;
            }
            case 'b', 't' -> {
                if (flags.has(PostconfFlag.EXPANDED_TEMPLATES)
                        || flags.has(PostconfFlag.TEMPLATES)) {
                    throw new CommandException(1, "specify one of -b and -t");
                }
                flags.add(c);
            }
            case 'q' -> quiet = true;
            case 'v' -> {}
            case 'o' -> {
                flags.add(c);
                override(argument);
            }
            case 'T' -> {
                if (flags.has(PostconfFlag.TLS)) {
                    throw new CommandException(1, "At most one -T <mode> option may be specified");
                }
                flags.add(c);
                tlsMode = argument;
            }
            // Postfix knows E among its options, and none that it stands for.
            case 'E', '?' -> throw new CommandException(1, USAGE);
            default -> flags.add(c);
        }
    }

    private void override(String argument) {
        int equals = argument.indexOf('=');
        String name = equals < 0 ? argument : argument.substring(0, equals).strip();
        if (equals < 0 || name.isEmpty() || name.indexOf(' ') >= 0) {
            String what = equals >= 0 && name.isEmpty() ? "" : "'=' after ";
            throw new CommandException(
                    1,
                    "invalid parameter override: "
                            + argument
                            + ": missing "
                            + what
                            + "attribute name");
        }
        overrides.put(name, argument.substring(equals + 1).strip());
    }

    /// @return false where it was said why nothing was shown
    private boolean act(String[] names, OctetOut out) throws IOException {
        Path directory = ToolConfig.directory(configDirectory, terminal);
        if (edit(names, directory)) {
            return true;
        }
        PostconfFlag master = flags.master();
        if (flags.has(PostconfFlag.TABLES)) {
            settings(directory);
            for (String type : TableTypes.names()) {
                out.text(type).octet('\n');
            }
        } else if (flags.has(PostconfFlag.LOCKS)) {
            out.text("flock\nfcntl\ndotlock\n");
        } else if (flags.has(PostconfFlag.TLS)) {
            return tls(out);
        } else if (flags.has(PostconfFlag.EXPANDED_TEMPLATES)
                || flags.has(PostconfFlag.TEMPLATES)) {
            templates(names, directory, out);
        } else if (master != null) {
            boolean effective = flags.has(PostconfFlag.EFFECTIVE);
            new PostconfMaster(directory, overrides, style(), out, say)
                    .show(master.letter(), effective, parameterClass, names);
        } else if (flags.has(PostconfFlag.SERVER_LOGINS)) {
            out.text("cyrus\ndovecot\n");
        } else if (flags.has(PostconfFlag.CLIENT_LOGINS)) {
            out.text("cyrus\n");
        } else {
            new PostconfParameters(directory, overrides, style(), out, say)
                    .show(parameterClass, names);
        }
        return true;
    }

    private ServiceSettings settings(Path directory) {
        return ToolConfig.unchecked("postconf", 1, directory, terminal);
    }

    private Style style() {
        return new Style(
                flags.has(PostconfFlag.DEFAULTS),
                flags.has(PostconfFlag.SET),
                flags.has(PostconfFlag.NO_NAMES),
                flags.has(PostconfFlag.NO_VALUES),
                flags.has(PostconfFlag.EXPAND),
                flags.has(PostconfFlag.FOLD),
                flags.has(PostconfFlag.JSON),
                quiet);
    }

    /// True where this was a request to edit: one of the flags, or a first argument with `=`.
    private boolean edit(String[] names, Path directory) throws IOException {
        PostconfFlag edit = flags.edit();
        if (edit == null) {
            return false;
        }
        if (names.length == 0) {
            throw new CommandException(
                    1,
                    edit == PostconfFlag.EDIT
                            ? "-e requires name=value argument"
                            : "missing service argument");
        }
        PostconfFlag master = flags.master();
        if (master != null) {
            new MasterCfEditor(directory.resolve("master.cf"), say)
                    .edit(master.letter(), edit.letter(), names);
        } else {
            new MainCfEditor(directory.resolve("main.cf"), say).edit(edit.letter(), names);
        }
        return true;
    }

    /// False for a mode that nobody knows.
    private boolean tls(OctetOut out) throws IOException {
        switch (tlsMode) {
            case "compile-version", "run-version" ->
                    out.text("JSSE " + System.getProperty("java.version") + "\n");
            case "public-key-algorithms" -> out.text("ecdsa\ned25519\nrsa\n");
            default -> {
                say.warning("unknown 'postconf -T' mode: " + tlsMode);
                return false;
            }
        }
        return true;
    }

    private void templates(String[] names, Path directory, OctetOut out) throws IOException {
        if (names.length > 1) {
            throw new CommandException(1, "options -b and -t require at most one template file");
        }
        ServiceSettings settings = settings(directory);
        String file =
                names.length > 0 ? names[0] : ToolConfig.text(settings, "bounce_template_file", 1);
        BounceTemplates read;
        try {
            read = BounceTemplates.read(file, settings);
        } catch (ConfigException e) {
            // As in Postfix, where bounce(8) prints them.
            throw new CommandException(1, String.valueOf(e.getMessage()), "postfix/bounce");
        }
        Messages bounce = new Messages("postfix/bounce", terminal.err());
        read.warnings().forEach(bounce::warning);
        List<BounceTemplates.Template> all = read.all();
        for (int i = 0; i < all.size(); i++) {
            out.text(i == 0 ? "" : "\n");
            out.text(
                    flags.has(PostconfFlag.EXPANDED_TEMPLATES)
                            ? all.get(i).expanded(settings)
                            : all.get(i).source());
        }
    }
}
