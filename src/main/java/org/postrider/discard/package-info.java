/// discard — the discard(8) agent: every recipient is delivered to nowhere.
@NullMarked
package org.postrider.discard;

import org.jspecify.annotations.NullMarked;
