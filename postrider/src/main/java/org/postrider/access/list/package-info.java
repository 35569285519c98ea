/// access.list — lists of restrictions: which names there are, how a list is read, what is wrong
/// with one, and how it is asked from its first restriction to the one that decides.
///
/// [org.postrider.access.list.Catalogue] has a line for every restriction that is built. One parser
/// reads main.cf, classes and what tables say. An [org.postrider.access.list.Evaluation] is one
/// question's and one thread's; the rest is made at start.
@NullMarked
package org.postrider.access.list;

import org.jspecify.annotations.NullMarked;
