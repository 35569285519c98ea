/// pipe — mail goes to a command: a line of master.cf says which, with whose rights and in what
/// form (pipe(8)).
///
/// Who feeds it: strangers, by the message and the addresses of its envelope, which become
/// arguments; no shell ever reads them. Commands, by their exit status and what they say.
///
/// Threads: a delivery blocks its own.
///
/// Crash: a command that had taken the mail when the server stopped is given it again.
@NullMarked
package org.postrider.pipe;

import org.jspecify.annotations.NullMarked;
