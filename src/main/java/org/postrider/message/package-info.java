/// message — header block and body as received, and the facts found while receiving.
@NullMarked
package org.postrider.message;

import org.jspecify.annotations.NullMarked;
