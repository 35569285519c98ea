/// bounce — non-delivery, delay and success notices to the sender (bounce(8)).
@NullMarked
package org.postrider.bounce;

import org.jspecify.annotations.NullMarked;
