/// cleanup — the stages between receiving and the queue (cleanup(8)).
@NullMarked
package org.postrider.cleanup;

import org.jspecify.annotations.NullMarked;
