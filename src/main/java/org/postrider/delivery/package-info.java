/// delivery — where the queue manager and the delivery agents meet: request, outcome, transports.
@NullMarked
package org.postrider.delivery;

import org.jspecify.annotations.NullMarked;
