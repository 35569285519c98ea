/// milter.client — one milter's side of a session: connected to and agreed with when the client
/// comes, told of what happens, heard, and held to its last word
/// ([org.postrider.milter.client.MilterConnection]).
///
/// - Fed by milters: what they say is checked before any of it becomes a reply, a line of the log
///   or a change ([org.postrider.milter.client.Replies]).
/// - Threads: one session's, on its thread; blocking, with a deadline for each packet.
/// - A milter that is gone, late or talks nonsense comes to its default action, for as long as the
///   session lasts; nothing of it passes to another session.
@NullMarked
package org.postrider.milter.client;

import org.jspecify.annotations.NullMarked;
