/// command.outside — whom a mail meets besides the lists of its listener, for
/// [org.postrider.command.explain]: postscreen before it ([Screen]), milters ([AskedMilters]), the
/// running server's verification of addresses ([Probing]), and the filters that its content goes
/// through ([Filters]). Each tells what it finds as a [Section]. What is asked for real is asked
/// under the deadlines of the configuration, and each of them can be left out.
@NullMarked
package org.postrider.command.outside;

import org.jspecify.annotations.NullMarked;
