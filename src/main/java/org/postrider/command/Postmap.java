package org.postrider.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ServiceSettings;
import org.postrider.maps.Table;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.time.Clock;

/// `postmap -q key|- type:table…` (and postalias): asks tables. Without `-q` there is nothing to
/// build, since tables are read from their text: it only looks whether the text can be read.
public final class Postmap {
    private final String program;
    private final Terminal terminal;
    private final Messages say;

    Postmap(String program, Terminal terminal) {
        this.program = program;
        this.terminal = terminal;
        say = new Messages(program, terminal.err());
    }

    /// @return 0 where a key was found (or the text can be read), else 1
    public int run(String[] args) {
        Options options = new Options(program, "c:d:fFhimnNopq:rsuUvw", args, terminal.err());
        String directory = null;
        String key = null;
        for (char c = options.next(); c != 0; c = options.next()) {
            switch (c) {
                case 'c' -> directory = options.argument();
                case 'q' -> key = options.argument();
                case 'f', 'F', 'm', 'N', 'n', 'o', 'p', 'r', 'u', 'U', 'v', 'w' -> {}
                default -> {
                    say.fatal("usage: " + program + " [-c config_dir] [-q key] [map_type:]file...");
                    return 1;
                }
            }
        }
        try {
            return act(options.rest(), key, directory);
        } catch (CommandException | TableException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return 1;
        } catch (IOException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return 1;
        }
    }

    private int act(String[] names, @Nullable String key, @Nullable String directory)
            throws IOException {
        ServiceSettings settings =
                ToolConfig.settings(
                        program, 1, ToolConfig.directory(directory, terminal), terminal);
        TableDirectory tables =
                new TableDirectory(
                        Clock.system(), ToolConfig.text(settings, "default_database_type", 1));
        OctetOut out = new OctetOut(terminal.out());
        int status = key == null ? 0 : 1;
        if ("-".equals(key)) {
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(terminal.in(), StandardCharsets.ISO_8859_1));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String value = first(line, names, tables);
                if (value != null) {
                    out.text(line).octet('\t').text(value).octet('\n');
                    status = 0;
                }
            }
        } else if (key != null) {
            String value = first(key, names, tables);
            if (value != null) {
                out.text(value).octet('\n');
                status = 0;
            }
        } else {
            for (String name : names) {
                readable(name);
            }
        }
        out.flush();
        return status;
    }

    private static @Nullable String first(String key, String[] names, TableDirectory tables) {
        for (String name : names) {
            Table table = tables.open(name);
            String value = table.lookup(key);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private static void readable(String name) {
        String file = name.substring(name.indexOf(':') + 1);
        if (!Files.isReadable(Path.of(file))) {
            throw new CommandException(
                    1,
                    "open "
                            + file
                            + (Files.exists(Path.of(file))
                                    ? ": Permission denied"
                                    : ": No such file or directory"));
        }
    }
}
