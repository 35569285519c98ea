/// verify — whether mail for an address could be delivered (ADDRESS_VERIFICATION_README).
/// Counterpart: Postfix's verify.
///
/// [org.postrider.verify.VerifyService] is asked by the restrictions reject_unverified_sender and
/// reject_unverified_recipient. What is known of an address stands in the cache
/// ([org.postrider.verify.SavedCache], a file of data_directory); what is not known, or old, is
/// found out by a probe: a message of our own that goes the way of mail and of which nothing is
/// delivered ([org.postrider.delivery.Probe]).
///
/// - Fed by strangers: addresses, as many as they like. The cache has a limit of entries
///   (postrider_verify_cache_limit) and of memory, the oldest goes first; probes under way have one
///   (address_verify_pending_request_limit) and are charged to the same budget.
/// - Threads: any may ask, and waits no longer than it says; a probe is made on a thread of its
///   own, delivered on those of qmgr, and the file is written by the loop `verify`.
/// - Crash: a probe is in no queue, nothing is left of it. The file is whole as it was saved last;
///   answers since then are lost and are found out again (docs/internals/verify.md).
/// - What cannot be found out is an address that is not verified yet, never one that is.
@NullMarked
package org.postrider.verify;

import org.jspecify.annotations.NullMarked;
