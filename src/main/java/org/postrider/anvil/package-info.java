/// anvil — counts what each client does in a unit of time, for smtpd's limits (anvil(8)). Fed by
/// sessions; its size is bounded by the clients of one unit of time.
@NullMarked
package org.postrider.anvil;

import org.jspecify.annotations.NullMarked;
