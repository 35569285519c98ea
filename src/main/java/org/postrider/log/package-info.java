/// log — the mail log in Postfix's line format, from typed events, through one bounded writer.
@NullMarked
package org.postrider.log;

import org.jspecify.annotations.NullMarked;
