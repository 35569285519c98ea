/// rights.root — what root runs: the helper beside the server. It answers requests, each by acting
/// as the one user whom it is for, and reads main.cf and master.cf by itself to know whom and what
/// it refuses whoever asks: root, mail_owner, groups that the user is not in, files that they do
/// not name, a configuration that others than root may write to.
///
/// In which order to read what root runs: docs/internals/root.md.
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
