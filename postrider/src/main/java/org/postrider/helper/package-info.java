/// helper — the server's side of the root helper: the rights of every user by asking the process
/// that root runs beside the server ([HelperRights]); what that process does is the room `rights`.
/// Without a helper, the same requests done by this process: for its own user ([OwnRights]), or as
/// root ([RootRights]). Postfix's counterpart is that its delivery agents are started by root and
/// change their rights themselves.
///
/// Who feeds it: the helper, which is trusted; its answers have limits all the same.
///
/// Threads: any; blocking, on the caller's thread.
///
/// Crash: of the helper: what is under way is refused as UNAVAILABLE, what comes next waits some
/// seconds for the next helper. Of the server: the helper undoes what it was sent in part.
///
/// Not done yet: nothing known.
@NullMarked
package org.postrider.helper;

import org.jspecify.annotations.NullMarked;
