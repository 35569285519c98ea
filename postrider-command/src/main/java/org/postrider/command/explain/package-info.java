/// command.explain — postexplain: why a mail would be taken or refused, where it would go, and why
/// a queued one waits. It runs the very lists, tables and routes of the configuration, in its own
/// process (decision 0051): what it is told on the way is what it prints. Nothing is interpreted a
/// second time; a change that it proposes has been tried on the same lists.
///
/// Reads what its user may read, and names what that is not. Asks the name service and policy
/// servers unless it is told not to; of the running server it asks about queued mail only. Holds
/// nothing: one thread, one answer.
@NullMarked
package org.postrider.command.explain;

import org.jspecify.annotations.NullMarked;
