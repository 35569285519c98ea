package org.postrider.command.submit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Octets;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.ServiceSettings;
import org.postrider.disk.Reading;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.maps.UserList;
import org.postrider.pickup.LoginSenders;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// The user who submits.
///
/// @param uid -1 where the system does not say
public record Submitter(String name, long uid) {
    /// What the JVM calls a user whom the system's accounts do not have.
    private static final String NAMELESS = "?";

    public static Submitter own() {
        long uid = -1;
        try {
            Object n = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            uid = n instanceof Integer i ? i : -1;
        } catch (IOException e) {
            // no procfs
        }
        return new Submitter(System.getProperty("user.name", NAMELESS), uid);
    }

    public boolean superuser() {
        return uid == 0;
    }

    /// @throws CommandException in Postfix's words where a list does not name this user, or a table
    ///   of it cannot say
    public void mayOrThrow(Param<String> list, String what, ServiceSettings settings, int status) {
        try (TableDirectory tables = tables(settings)) {
            if (!new UserList(list.name(), settings.get(list), tables).has(known())) {
                throw notAllowed(what, status);
            }
        } catch (TableException | ConfigException e) {
            throw new CommandException(status, String.valueOf(e.getMessage()));
        }
    }

    public CommandException notAllowed(String what, int status) {
        return new CommandException(
                status, "User " + known() + "(" + uid + ") is not allowed to " + what);
    }

    private static String known() {
        try {
            return UserList.name(Files.getOwner(Path.of("/proc/self")));
        } catch (IOException e) {
            return "unknown";
        }
    }

    /// `root(0): `, as Postfix begins what it says of a submission.
    String shown(String sender) {
        return sender + "(" + uid + "): ";
    }

    /// The name to log in with; null for a user of whom the system knows only the number.
    @Nullable String login() {
        return name.equals(NAMELESS) ? null : name;
    }

    /// Why this user may not submit mail from a sender (local_login_sender_maps); null if he may.
    ///
    /// @throws TableException a table cannot say
    /// @throws ConfigException one cannot be opened
    @Nullable String mayNotUse(String sender, ServiceSettings settings) {
        try (TableDirectory tables = tables(settings)) {
            return new LoginSenders(settings, tables).refusal(login(), uid, sender);
        }
    }

    private static TableDirectory tables(ServiceSettings settings) {
        return new TableDirectory(
                new Opening(Clock.system(), Supervisor.alone(), settings::text, warning -> {}));
    }

    /// The environment's NAME, else the name of passwd(5)'s comment field, where `&` stands for the
    /// login name. Octets as given.
    String fullName() {
        String given = Octets.environment("NAME");
        if (given != null) {
            return given;
        }
        try {
            String all = Reading.text(Path.of("/etc/passwd"), Reading.ACCOUNTS);
            int at = all.startsWith(name + ":") ? 0 : all.indexOf("\n" + name + ":");
            if (at < 0) {
                return "";
            }
            int end = all.indexOf('\n', at + 1);
            int field = at;
            for (int i = 0; i < 4 && field >= 0; i++) {
                field = all.indexOf(':', field) + 1;
            }
            int stop = field;
            while (stop < end && all.charAt(stop) != ':' && all.charAt(stop) != ',') {
                stop++;
            }
            String capital = Character.toUpperCase(name.charAt(0)) + name.substring(1);
            return all.substring(field, stop).replace("&", capital);
        } catch (IOException e) {
            return "";
        }
    }
}
