/// dkim — signatures of domains over mail: DKIM (RFC 6376, 8301, 8463) and ARC (RFC 8617), made and
/// checked. Counterparts: opendkim(8), openarc; Postfix has neither and leaves both to milters.
///
/// A mail is a header block and a body as the queue holds them ([org.postrider.message.Content]):
/// every line ends in CRLF, and the body begins with the empty line. [BodyHash] takes a body as it
/// comes, [Signer] makes the fields that a mail gets of its [SigningKey]s, [ArcSealer] an ARC set.
/// [Verification] is begun with the header block, hears the body and says a [DkimResult] of each
/// signature and an [ArcResult]; keys are [KeyRecord]s in DNS.
///
/// Fed by strangers: signatures, seals and key records. Each is parsed in one pass with a limit on
/// its size ([VerifyLimits]), only some signatures of a mail are looked at, and arithmetic is done
/// only with keys of a bounded size. What is wrong with one is a value with a reason in printable
/// ASCII; nothing of them is thrown.
///
/// Threads: keys, settings and signers are immutable; a body hash and a verification belong to one
/// thread. Questions for keys have threads of their own where [KeyLookup] is given a supervisor.
///
/// Crash: nothing is kept. Keys are files of the administrator's ([SigningKeys]).
@NullMarked
package org.postrider.dkim;

import org.jspecify.annotations.NullMarked;
