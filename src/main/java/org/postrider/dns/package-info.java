/// dns — MX, A, AAAA, PTR through the system's resolvers, every answer a value.
@NullMarked
package org.postrider.dns;

import org.jspecify.annotations.NullMarked;
