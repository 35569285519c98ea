/// disk — the only door to the filesystem for what must survive: real, and faulting for tests.
@NullMarked
package org.postrider.disk;

import org.jspecify.annotations.NullMarked;
