/// dsn — delivery status: the RFC 3463 code as a type and the RFC 3464 report. Pure values, any
/// thread.
@NullMarked
package org.postrider.dsn;

import org.jspecify.annotations.NullMarked;
