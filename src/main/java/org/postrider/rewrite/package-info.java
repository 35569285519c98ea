/// rewrite — address rewriting, the address classes and routing (trivial-rewrite(8)).
@NullMarked
package org.postrider.rewrite;

import org.jspecify.annotations.NullMarked;
