/// command — the thin mains: postfix, postconf, postqueue, postsuper, postcat, sendmail and their
/// like.
@NullMarked
package org.postrider.command;

import org.jspecify.annotations.NullMarked;
