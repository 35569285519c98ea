/// command.heard — what the server's own objects tell when they are asked for an explanation,
/// rather than for mail: restrictions as a tree ([Heard]), tables and the name service with each
/// question ([HeardTables], [HeardDns]), and where the parameters behind them are set ([Where]).
/// Made for one command, by [org.postrider.command.explain]; asks nobody by itself.
///
/// Fed by the command line and by what tables and name servers answer, which is printed as octets
/// or as JSON that escapes controls ([Json]). Facts may be told from any thread.
@NullMarked
package org.postrider.command.heard;

import org.jspecify.annotations.NullMarked;
