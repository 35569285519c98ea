/// delivery — where the queue manager and the delivery agents meet: request, outcome, transports.
/// An agent reports each recipient once as soon as its fate is known; what it leaves out is
/// deferred. Values and interfaces only.
@NullMarked
package org.postrider.delivery;

import org.jspecify.annotations.NullMarked;
