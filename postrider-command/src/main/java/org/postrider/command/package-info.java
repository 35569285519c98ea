/// command — the thin mains under Postfix's names. Each is a class with `run(args)` and an exit
/// status; the text that a person or a script reads is Postfix's.
///
/// Who feeds it: the local user's arguments and environment, which are octets ([Octets]), the files
/// that the administrator wrote, and the server's own sockets.
///
/// In front stand the door ([Main]), what all commands share (options, terminal, settings,
/// messages), `postfix` and `serve`, `saslpasswd2`, and the client of the server's control socket.
/// The chambers: `postconf`, `queue`, `table`, `submit` and `demo`. The paths of postqueue and
/// postconf touch few classes, for they are called often.
///
/// Threads: one each, in a heap of 64 MB; listings stream. Only here may a JVM be ended.
///
/// Crash: an unforeseen fault is a sentence with its place in our code and a failing status. A file
/// of the administrator is replaced whole or not at all ([ConfigurationFile]).
///
/// Not done yet: qmqp-source and qmqp-sink, which are refused by name.
@NullMarked
package org.postrider.command;

import org.jspecify.annotations.NullMarked;
