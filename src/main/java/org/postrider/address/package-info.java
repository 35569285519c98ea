/// address — mail addresses in internal (unquoted) form, and the RFC 5321/5322 quoting of them.
/// Pure values.
@NullMarked
package org.postrider.address;

import org.jspecify.annotations.NullMarked;
