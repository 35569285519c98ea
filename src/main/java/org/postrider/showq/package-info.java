/// showq — lists the queue (showq(8)).
@NullMarked
package org.postrider.showq;

import org.jspecify.annotations.NullMarked;
