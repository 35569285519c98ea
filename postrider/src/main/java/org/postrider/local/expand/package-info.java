/// local.expand — what a local recipient stands for: aliases(5), `:include:` and `.forward` files,
/// mailboxes. Writes nothing; what it asks of the machine it asks of a World.
///
/// Who feeds it: strangers with local parts, users with files, the administrator with aliases. What
/// nests deeper than 100 is a loop; whoever takes the places found says when there are too many.
///
/// Threads: settings are immutable; an expansion is one recipient's, on one thread.
///
/// Crash: nothing is kept.
///
/// Not done yet: tables of alias_maps are not refused for `$1` in patterns.
@NullMarked
package org.postrider.local.expand;

import org.jspecify.annotations.NullMarked;
