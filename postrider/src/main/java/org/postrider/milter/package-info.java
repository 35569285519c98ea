/// milter — mail filter applications (Postfix: milter(3), milter8(3); MILTER_README). [MailFilter]
/// is what session and cleanup tell of a client and its mails, [Answer] what comes of it; milters
/// hear it by [Milters], and whatever else implements it.
///
/// - Chambers: `client` (one milter in one session: connected to, agreed with, told, heard), `wire`
///   (packets). Values of macros come from whoever tells ([Macros]), names from main.cf or from the
///   milter ([MacroLists]).
/// - Fed by main.cf, and by milters, which are trusted to see mail and with nothing else: a packet
///   is at most a megabyte and charged before it is read, each has a deadline, their number has an
///   end, a reply is taken apart and put together anew.
/// - One that is not there, late, gone, or talks nonsense comes to milter_default_action or its
///   own, in Postfix's words; nothing is passed over because of it, and no other session waits.
/// - Threads: [Milters] is immutable; a [MailFilter] is its session's alone, blocking.
/// - A crash loses nothing here.
@NullMarked
package org.postrider.milter;

import org.jspecify.annotations.NullMarked;
