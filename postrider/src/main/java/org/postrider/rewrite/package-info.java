/// rewrite — address rewriting, the address classes and routing (Postfix: trivial-rewrite(8)).
///
/// **Who feeds it**: any address that a stranger can write. It decides whether mail is relayed, so
/// every routing trick (`x%remote@ours`, `"x@remote"@ours`, `remote!x`, `x@[own address]`) resolves
/// as the real Postfix resolves it, see src/test/resources/rewrite. Plain addresses are answered
/// from hash sets without being parsed.
///
/// **Threads**: everything is read at construction; immutable, any thread. A table that cannot
/// answer is said to the caller, which makes mail wait: nothing is routed by half an answer.
///
/// **Crash**: nothing is kept. A route is asked for at each attempt, never stored.
///
/// **Not yet**: the address_verify_… variants of the transports.
@NullMarked
package org.postrider.rewrite;

import org.jspecify.annotations.NullMarked;
