/// io — connections with a deadline for each operation, TCP, UNIX and TLS alike; listeners; bounded
/// pools.
@NullMarked
package org.postrider.io;

import org.jspecify.annotations.NullMarked;
