/// rights — the door to files and commands of others: what the mail system does with another user's
/// rights, and nothing else. Values, the interface that agents see ([Rights]), the accounts of the
/// machine ([Accounts]), and what does it for the user that this process runs as. Postfix's
/// set_eugid(3), safe_open(3), mbox_open(3), pipe_command(3).
///
/// Who feeds it: agents, with paths and commands out of main.cf, alias tables and users' files; the
/// files that it meets were put there by users who may wish somebody harm.
///
/// Octets: every path, argument and name is a String of octets, one a char, as mail is everywhere
/// in this house.
///
/// Threads: any; every act blocks until it is done. An act that makes system calls runs on a thread
/// of the system, never on a virtual one.
///
/// Crash: what an act answers as done is on the disk. What was half done when the process was
/// killed is undone by the next one; when the machine stopped, part of a message may stay.
///
/// Not done yet: see docs/internals/root.md.
@NullMarked
package org.postrider.rights;

import org.jspecify.annotations.NullMarked;
