package org.postrider.command.multi;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// This program's commands, as other processes: those beside the one that was called, wherever
/// command_directory says that Postfix's are.
public final class OwnCommands {
    private final String directory;

    /// @param directory of the commands (`bin/` or what it was installed as)
    public OwnCommands(String directory) {
        this.directory = directory;
    }

    /// Of this process.
    ///
    /// @param bin POSTRIDER_BIN of the environment, which `bin/` sets
    public static OwnCommands of(@Nullable String bin) {
        return new OwnCommands(Path.of(bin == null ? "bin" : bin).toAbsolutePath().toString());
    }

    public String directory() {
        return directory;
    }

    String postfix() {
        return directory + "/postfix";
    }

    /// Waits for a command that has this one's input, output and errors; its own programs come
    /// first on the path.
    ///
    /// @return its exit status
    public int run(List<String> words, Map<String, String> environment, File where)
            throws IOException {
        ProcessBuilder it = new ProcessBuilder(words).directory(where);
        it.redirectInput(Redirect.INHERIT)
                .redirectOutput(Redirect.INHERIT)
                .redirectError(Redirect.INHERIT);
        it.environment().putAll(environment);
        it.environment().merge("PATH", directory, (old, own) -> own + ":" + old);
        try {
            return it.start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }
}
