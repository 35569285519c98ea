/// rewrite — address rewriting, the address classes and routing (trivial-rewrite(8)).
///
/// Fed with any address a stranger can write: it decides whether mail is relayed, so every routing
/// trick (`x%remote@ours`, `"x@remote"@ours`, `remote!x`, `x@[own address]`) resolves as the real
/// Postfix resolves it, see src/test/resources/rewrite. Plain addresses are answered from hash sets
/// without being parsed. Everything is read at construction; immutable, any thread.
///
/// Not done yet: the address_verify_… variants of the transports.
@NullMarked
package org.postrider.rewrite;

import org.jspecify.annotations.NullMarked;
