package org.postrider.command.subcommand;

import java.util.List;
import org.postrider.command.CommandException;

/// `postfix non-bdb status|disable|enable-redirect|enable-reindex`. Tables of the types hash and
/// btree are read and written here without Berkeley DB at every level: what is set is what Postfix
/// would do with the same main.cf, and it is said that nothing depends on it.
public final class NonBdb {
    private static final String LEVEL = "non_bdb_migration_level";
    private static final String SERVICE = "nbdb_reindex/unix";

    private final Editing editing;

    public NonBdb(Editing editing) {
        this.editing = editing;
    }

    /// @throws CommandException where it cannot be done
    public void run(String[] words) {
        switch (words.length == 1 ? words[0] : "") {
            case "status" -> {
                editing.terminal().out().print(editing.text(LEVEL) + "\n");
                editing.terminal().out().flush();
            }
            case "disable" -> {
                editing.postconf(List.of("-X", LEVEL));
                editing.postconf(List.of("-MX", SERVICE));
            }
            case "enable-redirect" -> {
                redirects();
                editing.postconf(List.of("-MX", SERVICE));
                editing.postconf(List.of(LEVEL + "=enable-redirect"));
                said();
            }
            case "enable-reindex" -> {
                redirects();
                String line = "nbdb_reindex unix y n n - 1 nbdb_reindexd";
                editing.postconf(List.of("-M", SERVICE + "=" + line));
                editing.postconf(List.of(LEVEL + "=enable-reindex"));
                said();
            }
            default ->
                    throw new CommandException(
                            1,
                            "usage: postfix non-bdb status (or enable-redirect, or enable-reindex,"
                                    + " or disable)");
        }
    }

    private void redirects() {
        for (String name : List.of("default_database_type", "default_cache_db_type")) {
            String type = editing.text(name);
            if (type.equals("hash") || type.equals("btree")) {
                throw new CommandException(
                        1, "parameter " + name + " specifies a Berkeley DB type: '" + type + "'");
            }
        }
    }

    private void said() {
        editing.say()
                .accept(
                        "hash: and btree: tables are read and written without Berkeley DB at every"
                                + " "
                                + LEVEL);
    }
}
