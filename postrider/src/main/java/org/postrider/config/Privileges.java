package org.postrider.config;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Reading;

/// The users and the group that main.cf names: they exist, none is root's, no two are one
/// (mail_params(3)). What main.cf does not set is not asked for.
final class Privileges {
    private static final Path USERS = Path.of("/etc/passwd");
    private static final Path GROUPS = Path.of("/etc/group");

    private final ServiceSettings settings;

    private Privileges(ServiceSettings settings) {
        this.settings = settings;
    }

    /// @throws ConfigException with Postfix's words
    static void check(ServiceSettings settings) {
        Privileges p = new Privileges(settings);
        String[] privs = p.user("default_privs");
        String[] owner = p.user("mail_owner");
        String[] group = p.group();
        Map<String, MainCf.Entry> set = settings.mainCf().entries();
        if (set.containsKey("default_privs") || set.containsKey("mail_owner")) {
            p.apart(privs, owner);
        }
        if (group != null && owner != null && owner[3].equals(group[2])) {
            throw p.fault(
                    "parameters mail_owner and setgid_group: user "
                            + owner[0]
                            + " and group "
                            + group[0]
                            + " have the same group ID: "
                            + group[2]);
        }
    }

    private void apart(String @Nullable [] privs, String @Nullable [] owner) {
        if (privs != null && owner != null && privs[0].equals(owner[0])) {
            throw fault(
                    "parameters default_privs and mail_owner specify the same user " + owner[0]);
        }
        if (privs != null && owner != null && privs[2].equals(owner[2])) {
            throw fault(
                    "parameters default_privs and mail_owner: users "
                            + privs[0]
                            + " and "
                            + owner[0]
                            + " have the same user ID: "
                            + owner[2]);
        }
    }

    private ConfigException fault(String text) {
        return new ConfigException("file " + settings.mainCf().file() + ": " + text);
    }

    /// A user that another source than the file knows (NSS): the JVM gives no id of it.
    private static boolean elsewhere(String name) {
        try {
            FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Null if main.cf does not set it and the default is not there.
    private String @Nullable [] user(String parameter) {
        String name = String.valueOf(settings.text(parameter));
        String[] user = entry(USERS, name, 4);
        if (!settings.mainCf().entries().containsKey(parameter)) {
            return user;
        }
        if (user == null && elsewhere(name)) {
            return null;
        }
        if (user == null) {
            throw fault("parameter " + parameter + ": unknown user name value: " + name);
        }
        if (user[2].equals("0") || user[3].equals("0")) {
            String what = user[2].equals("0") ? "user" : "group";
            throw fault(
                    "parameter "
                            + parameter
                            + ": user "
                            + name
                            + " has privileged "
                            + what
                            + " ID");
        }
        return user;
    }

    private String @Nullable [] group() {
        String name = String.valueOf(settings.text("setgid_group"));
        if (!settings.mainCf().entries().containsKey("setgid_group")) {
            return null;
        }
        String[] group = entry(GROUPS, name, 3);
        if (group == null) {
            throw fault("parameter setgid_group: unknown group name: " + name);
        }
        if (group[2].equals("0")) {
            throw fault("parameter setgid_group: group " + name + " has privileged group ID");
        }
        return group;
    }

    /// The first line of a list of accounts that is of this name.
    ///
    /// @param least fields that it has, or it does not count
    static String @Nullable [] entry(Path file, String name, int least) {
        try {
            String text = Reading.text(file, Reading.ACCOUNTS);
            for (int start = 0; start < text.length(); ) {
                int lineFeed = text.indexOf('\n', start);
                int end = lineFeed < 0 ? text.length() : lineFeed;
                // Every command looks for two or three of many.
                if (text.startsWith(name + ":", start)) {
                    String[] fields = text.substring(start, end).split(":", -1);
                    if (fields.length >= least && fields[0].equals(name)) {
                        return fields;
                    }
                }
                start = end + 1;
            }
        } catch (IOException e) {
            // No such file: nobody is known.
        }
        return null;
    }
}
