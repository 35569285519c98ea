/// access — who may do what: the restrictions of SMTPD_ACCESS_README, access(5), and the order in
/// which they are asked. Counterpart: Postfix's smtpd_check.
///
/// One question, [org.postrider.access.Access#decide]: at a [org.postrider.access.Stage], about a
/// [org.postrider.access.Subject] that can only be read. The answer is a
/// [org.postrider.access.Decision], a value: a verdict, and what else is to happen (hold, filter,
/// wait, log lines), which whoever asked then makes happen. A session of smtpd asks today; what
/// explains a configuration, postscreen, policy services and milters ask the same.
///
/// - Chambers: `restriction` (the family), `client`, `name`, `mail`, `table` and `listed` (its
///   members, by what they look at), `list` (their catalogue, how lists are read and asked).
/// - Fed by strangers: everything of a subject but the client's address. What a table says is the
///   administrator's and is parsed when it is read. Lists may name each other 20 deep.
/// - Threads: immutable but for an evaluation, which is one question's; a question blocks its asker
///   while tables and DNS answer, never to wait for time to pass.
/// - A crash loses nothing: nothing is kept.
/// - What cannot be found out is answered 4xx, never let pass. A name that nobody knows, and one
///   that is not built, is said by `postfix check`, at start and at reload, with file and line.
@NullMarked
package org.postrider.access;

import org.jspecify.annotations.NullMarked;
