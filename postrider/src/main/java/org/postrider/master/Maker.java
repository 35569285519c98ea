package org.postrider.master;

import java.util.List;

/// Makes a service of a line of master.cf whose program is this one. Any thread.
public interface Maker {
    /// Called once for each active line, when a generation is built; what is to be closed with it
    /// is given to [Generation#closes].
    ///
    /// @param generation has the services of the programs before this one in the table
    /// @throws org.postrider.config.ConfigException with the reason, where it cannot run as
    ///   configured: the start, or the reload, is refused
    Made make(Service service, Generation generation);

    /// What `postfix check` says of a line, besides what holds for every line: a sentence each.
    /// Keys and tables may be opened; nothing stays open.
    default List<String> problems(Service service) {
        return List.of();
    }

    /// Why mail that is routed to a line would wait, a part of a sentence each.
    default List<String> obstacles(Service service) {
        return List.of();
    }
}
