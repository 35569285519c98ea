/// authentication — what is known of a mail's authenticity put together.
@NullMarked
package org.postrider.authentication;

import org.jspecify.annotations.NullMarked;
