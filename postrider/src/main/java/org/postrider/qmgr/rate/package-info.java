/// How much mail goes to a destination in a time (docs/rates-out.md): which limits a next hop has,
/// which group its MX hosts make it a part of, and what is left of a limit now.
///
/// **Who feeds it**: next hops from routes, which envelopes can make many of, and MX hosts from
/// DNS; both are looked up in the administrator's tables, and what is remembered of them is
/// bounded.
///
/// **Threads**: a budget belongs to the scheduler, in whose time it is asked; tables and DNS are
/// asked where blocking is allowed, so many at a time.
///
/// **Crash**: counts of a minute and longer are in [org.postrider.anvil.Rates], saved every second;
/// a delivery under way at a crash is not counted.
@NullMarked
package org.postrider.qmgr.rate;

import org.jspecify.annotations.NullMarked;
