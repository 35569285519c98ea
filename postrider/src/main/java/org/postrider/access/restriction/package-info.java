/// access.restriction — what a restriction is, what it is asked and what it may say; those that say
/// the same whatever they are asked about.
///
/// [org.postrider.access.restriction.Restriction] is sealed: how a list is asked is decided by its
/// kinds. A new one that answers by itself is a [org.postrider.access.restriction.Rule] in the
/// chamber of what it looks at, and a line in the catalogue of `list`. All are made at start, from
/// [org.postrider.access.restriction.Means], and immutable.
@NullMarked
package org.postrider.access.restriction;

import org.jspecify.annotations.NullMarked;
