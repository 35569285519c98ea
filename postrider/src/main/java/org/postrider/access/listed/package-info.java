/// access.listed — restrictions on clients and domains that lists in DNS have: reject_rbl_client
/// and its like, permit_dnswl_client, and what the listed are told (rbl_reply_maps). What is asked
/// and how is the room `dnsbl`'s; a session asks each list once, all at once.
///
/// Fed by strangers: addresses and names that are looked up, and by whoever runs a list its answers
/// and reasons, which are text in a reply and in the log, never a template. A list that cannot be
/// had refuses nobody, and lets nobody pass. Immutable; any thread.
@NullMarked
package org.postrider.access.listed;

import org.jspecify.annotations.NullMarked;
