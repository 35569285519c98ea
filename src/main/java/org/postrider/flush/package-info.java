/// flush — ETRN and per-site flushing (flush(8)).
@NullMarked
package org.postrider.flush;

import org.jspecify.annotations.NullMarked;
