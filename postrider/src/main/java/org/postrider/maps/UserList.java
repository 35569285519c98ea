package org.postrider.maps;

import java.nio.file.attribute.UserPrincipal;
import org.postrider.config.Values;

/// The local users that a list names: authorized_submit_users, authorized_flush_users,
/// authorized_mailq_users. A user without a name is `unknown`, as in Postfix.
public final class UserList {
    private static final String ANYONE = "static:anyone";

    private final String parameter;
    private final boolean anyone;
    private final StringList names;

    /// @param value of the parameter
    public UserList(String parameter, String value, Tables tables) {
        this.parameter = parameter;
        anyone = anyone(value);
        names = new StringList(parameter, Values.words(value), tables);
    }

    /// Whether a parameter of this value lets everybody, whoever it is.
    public static boolean anyone(String value) {
        return value.strip().equals(ANYONE);
    }

    /// The list of users when no names are needed, since everybody is on it.
    public boolean anyone() {
        return anyone;
    }

    /// @param user by [#name]
    /// @throws TableException a table cannot say
    public boolean has(String user) {
        try {
            return anyone || names.contains(user);
        } catch (TableException e) {
            String why = String.valueOf(e.getMessage());
            int query = why.indexOf(": query error: ");
            throw query < 0 || !why.startsWith("table ")
                    ? e
                    : new TableException(
                            parameter + ": " + why.substring(6, query) + ": table lookup problem");
        }
    }

    /// The JDK shows a user without a name by its number.
    public static String name(UserPrincipal user) {
        return user.getName().chars().allMatch(Character::isDigit) ? "unknown" : user.getName();
    }
}
