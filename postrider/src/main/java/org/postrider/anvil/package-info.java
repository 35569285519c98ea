/// anvil — how much of what each client, login, sender and domain does in a time, and what becomes
/// of the rest (anvil(8), smtpd_client_…_limit, docs/decisions/0015-rate-limits.md).
///
/// - Fed by sessions, that is by strangers: [org.postrider.anvil.Anvil] holds the clients of one
///   unit of time, [org.postrider.anvil.Rates] smtpd_rate_limit_keys keys, and no more.
/// - [org.postrider.anvil.ClientLimits] and [org.postrider.anvil.RateLimits] are what the settings
///   of one service come to, immutable; [org.postrider.anvil.Charges] is what one mail has taken.
///   Counts live over reloads, and may be asked from any thread.
/// - A crash loses client counts, and of the rates what smtpd_rate_limit_save_time had not saved.
/// - What is taken and not kept is given back when the mail or the session ends, however it ends.
/// - Not yet: counts shared between machines.
@NullMarked
package org.postrider.anvil;

import org.jspecify.annotations.NullMarked;
