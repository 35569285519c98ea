/// config.names — names as Postfix's sources have them: parameters that are obsolete or of one
/// database type, variables that restrictions and the library bring, and what a host or domain name
/// may look like.
///
/// The administrator's texts come here, none of a stranger's. Values and pure functions only, on
/// any thread; a crash loses nothing.
///
/// Not done yet: nothing that is known.
@NullMarked
package org.postrider.config.names;

import org.jspecify.annotations.NullMarked;
