/// postscreen — which clients may talk to an SMTP server (postscreen(8), POSTSCREEN_README); the
/// work of dnsblog(8) and tlsproxy(8) is done inside. [org.postrider.postscreen.Postscreen] is one
/// listener's: it tests a client before the greeting and, where that is asked for, in a dialogue of
/// its own, remembers who has passed in a [org.postrider.postscreen.Cache], and hands the
/// connection with all that has been read of it to the SMTP server
/// ([org.postrider.postscreen.Handover]).
///
/// - Fed by strangers, octet for octet. Before the greeting at most 1,023 octets of a client are
///   held, in its dialogue at most 4,096 and one line of line_length_limit; a client that waits
///   holds 128. Lists, tables and the cache are asked for addresses only.
/// - Threads: what is made of settings is immutable; a session is its thread's alone; counts and
///   the cache are shared and locked.
/// - A crash loses sessions, and of the cache at most the line that was being written: who is
///   forgotten is tested again (docs/internals/postscreen.md).
@NullMarked
package org.postrider.postscreen;

import org.jspecify.annotations.NullMarked;
