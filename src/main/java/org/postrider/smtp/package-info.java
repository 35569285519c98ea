/// smtp — the SMTP client (smtp(8)). Fed by hostile next hops.
@NullMarked
package org.postrider.smtp;

import org.jspecify.annotations.NullMarked;
