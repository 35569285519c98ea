/// config — main.cf, master.cf and the parameter catalogue: the one configuration reader. Fed by
/// the administrator.
@NullMarked
package org.postrider.config;

import org.jspecify.annotations.NullMarked;
