/// queue — every accepted message until its last recipient is settled: journal, group commit,
/// checkpoint. See docs/internals/queue.md.
@NullMarked
package org.postrider.queue;

import org.jspecify.annotations.NullMarked;
