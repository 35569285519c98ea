/// access.table — restrictions that ask an access(5) table: in which order of keys, and what its
/// results mean. A new result is a record and a line in AccessResult. A result is the
/// administrator's text, parsed when it is read; one that names restrictions has them asked in its
/// place. A table that cannot answer is 451 4.3.5. Immutable; any thread.
@NullMarked
package org.postrider.access.table;

import org.jspecify.annotations.NullMarked;
