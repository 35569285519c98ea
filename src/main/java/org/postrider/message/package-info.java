/// message — header block and body as received, the facts found while receiving, and the MIME parts
/// of a content.
@NullMarked
package org.postrider.message;

import org.jspecify.annotations.NullMarked;
