/// qmgr — the queue manager (qmgr(8)): what is delivered when, over how many sessions.
@NullMarked
package org.postrider.qmgr;

import org.jspecify.annotations.NullMarked;
