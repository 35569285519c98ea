/// pickup — takes local submissions out of maildrop (pickup(8)). Fed by local users.
@NullMarked
package org.postrider.pickup;

import org.jspecify.annotations.NullMarked;
