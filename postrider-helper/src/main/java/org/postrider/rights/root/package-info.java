/// rights.root — what root runs: the helper beside the server. It answers requests, each by acting
/// as the one user whom it is for, and reads main.cf and master.cf by itself to know whom and what
/// it refuses whoever asks: root, mail_owner, groups that the user is not in, files that they do
/// not name, a configuration that others than root may write to.
///
/// In which order to read what root runs (docs/internals/root.md says more of each step): 1. what
/// it can be asked: `Request`, `Wire`, `Fields`; 2. who is heard: `Helper`, `Session`; 3. with
/// whose rights: `Acts`, `Switch`; 4. what is refused: `Permits`, `Settings`, `CyrusFiles`,
/// `act.Trusted`; 5. one act at a time: `act.UserFile`, `act.Mailbox`, `act.Maildir`, and
/// `Together` and `Bodies`, which do many of the last two at once; 6. a command: `act.Run`,
/// `act.Input`, `act.CommandLine`, `act.Starter`, `act.Program`; 7. what a kill leaves:
/// `act.Records`, `act.Recovery`, `act.Torn`; 8. the system calls: `act.Posix`, `act.Processes`.
/// Root does not run `OwnRights` and, in the helper, `RootRights`.
///
/// Who feeds it: the server, which may have fallen to a stranger; then it is worth the rights of
/// the users whose mail it delivers, and not root's. Peer credentials keep everybody else away.
///
/// Threads: one of the system for each connection; its rights are changed for each act, by calls
/// that change no other thread's.
///
/// Crash: it is started again, and undoes what was half written; requests under way are lost to
/// their askers, who defer.
///
/// Not done yet: cgroups or other limits on what commands use.
@NullMarked
package org.postrider.rights.root;

import org.jspecify.annotations.NullMarked;
