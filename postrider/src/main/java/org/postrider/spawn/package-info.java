/// spawn — a command of master.cf for each connection, with the connection as its standard input,
/// output and error: spawn(8). The command is started by root's helper with the user's rights; its
/// socket leads to this process ([Meeting]), which passes octets between it and the client.
///
/// Who feeds it: clients of its listeners, whose octets are the command's affair and are neither
/// looked at nor kept.
///
/// Threads: the session's, one for the other way, and one that waits for the command.
///
/// Crash: of the server: client and command see the end of their connection. Of the helper: the
/// session ends, the command goes on until it sees that.
///
/// Not done yet: nothing known.
@NullMarked
package org.postrider.spawn;

import org.jspecify.annotations.NullMarked;
