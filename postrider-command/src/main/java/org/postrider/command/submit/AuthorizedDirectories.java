package org.postrider.command.submit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.postrider.command.CommandException;
import org.postrider.command.CommandParams;
import org.postrider.command.Messages;
import org.postrider.command.OctetPath;
import org.postrider.config.ConfigException;
import org.postrider.config.MainCf;
import org.postrider.config.Values;

/// Which configurations an ordinary user may name to the commands that submit, list and flush: the
/// default one, those that its main.cf names (alternate_config_directories,
/// multi_instance_directories), and the user's own, whose queue is his, too. As in Postfix names
/// are compared as they are written.
public final class AuthorizedDirectories {
    private static final String DEFAULT = "/etc/postfix";

    private AuthorizedDirectories() {}

    /// @param given the directory as -C, -c or MAIL_CONFIG names it
    /// @param program in whose name it is refused
    /// @param say told the first half of a refusal
    /// @throws CommandException with the other half, in Postfix's words
    public static void mayOrThrow(
            String given, Submitter user, String program, int status, Messages say) {
        if (user.superuser() || given.equals(DEFAULT) || own(OctetPath.of(given), user.uid())) {
            return;
        }
        String file = DEFAULT + "/main.cf";
        try {
            SubmitSettings main = SubmitSettings.of(MainCf.read(Path.of(file)));
            if (Values.words(main.text(CommandParams.ALTERNATE_CONFIG_DIRECTORIES.name(), ""))
                            .contains(given)
                    || Values.words(main.text("multi_instance_directories", "")).contains(given)) {
                return;
            }
        } catch (ConfigException e) {
            throw new CommandException(status, String.valueOf(e.getMessage()), program);
        }
        say.error("unauthorized configuration directory name: " + given);
        throw new CommandException(
                status,
                "specify \"alternate_config_directories = "
                        + given
                        + "\" or \"multi_instance_directories = "
                        + given
                        + "\" in "
                        + file,
                program);
    }

    /// Nobody gains anything by a configuration whose queue is his own.
    private static boolean own(Path directory, long uid) {
        try {
            Path queue = SubmitSettings.of(MainCf.read(directory.resolve("main.cf"))).queue();
            return owned(Files.exists(queue) ? queue : directory, uid);
        } catch (ConfigException | IOException e) {
            return false;
        }
    }

    private static boolean owned(Path path, long uid) throws IOException {
        return Files.getAttribute(path, "unix:uid") instanceof Integer owner && owner == uid;
    }
}
