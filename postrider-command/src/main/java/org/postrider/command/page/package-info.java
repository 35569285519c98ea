/// command.page — `postpage`: a page on loopback that sends a test message through any host, port,
/// TLS mode and login, and shows the whole dialogue (docs/postpage.md).
///
/// Who feeds it: a browser on this machine that was given the page's address, which has a key that
/// nobody guesses; servers anywhere. A request has 256 KiB at most, a dialogue 100 lines of reply
/// and a time limit for each step.
///
/// Threads: one a request, four at most. Nothing is kept, nothing written to a file. Passwords show
/// neither on the page nor in the dialogue.
@NullMarked
package org.postrider.command.page;

import org.jspecify.annotations.NullMarked;
