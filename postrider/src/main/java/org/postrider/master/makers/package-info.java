/// master.makers — makes the services of the lines of master.cf, a maker for each program of
/// [org.postrider.master.Programs]; what is not built is made an agent that holds its mail.
///
/// Called while a generation is built, on the thread of the start or of a reload. A configuration
/// that cannot run is a `ConfigException` with the reason, and the generation is taken apart again:
/// what a maker opens, it gives to [org.postrider.master.Generation#closes] at once. To add an
/// agent: a class of its own room that is an [org.postrider.delivery.Agent], a maker here (one line
/// in [org.postrider.master.makers.Makers]), and its line in the table.
@NullMarked
package org.postrider.master.makers;

import org.jspecify.annotations.NullMarked;
