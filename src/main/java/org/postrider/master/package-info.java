/// master — builds services from master.cf, listens, limits, starts, reloads, stops (master(8)).
@NullMarked
package org.postrider.master;

import org.jspecify.annotations.NullMarked;
