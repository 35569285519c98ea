/// master — reads main.cf and master.cf, makes a service of each line, listens, limits, starts,
/// reloads and stops (master(8)).
///
/// [Programs] is the table of every daemon that master.cf may name; a [Configuration] is one
/// reading of the files, with a [Service] a line; a [Generation] is what that reading makes, built
/// whole before it takes over from the one before; a [Server] is the mail system that runs them.
/// Who sends mail never feeds this room: connections are handed on to the service of their line as
/// they are accepted. Commands on this machine do, through sockets below queue_directory.
///
/// Any thread may ask; a reload is one at a time. Nothing that must survive a crash is kept here.
/// Chambers: `makers` makes the services, `check` is what `postfix check` says. Not yet: `pass`
/// lines, and a helper process for what needs another user's rights.
@NullMarked
package org.postrider.master;

import org.jspecify.annotations.NullMarked;
