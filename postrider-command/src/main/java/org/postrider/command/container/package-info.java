/// container — `postrider container`: the settings of an image, from the environment that it is
/// started with.
///
/// **What it does**: main.cf and master.cf of the image, or those that were mounted there, get what
/// the environment asks for ([org.postrider.command.container.Wanted]) under the names that popular
/// relay images have (docs/image.md), in a directory of its own. Tables with passwords are for
/// nobody else.
///
/// **Who asks**: the image's entry point, before the server starts. What is not understood, or asks
/// for two things at once, ends it with the name of the variable; nothing is started then.
///
/// **Threads**: one. **Crash**: the directory is made anew at each start.
@NullMarked
package org.postrider.command.container;

import org.jspecify.annotations.NullMarked;
