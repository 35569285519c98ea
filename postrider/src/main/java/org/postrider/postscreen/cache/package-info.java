/// postscreen.cache — the file of a cache: what was passed by whom, a line for each change
/// (docs/internals/postscreen.md).
///
/// - Fed by clients that have passed: an address and five numbers of each; how many, a parameter
///   bounds.
/// - Threads: locked; a change is written by the thread that makes it.
/// - A crash loses at most the line that was being written; a power failure the last ones.
@NullMarked
package org.postrider.postscreen.cache;

import org.jspecify.annotations.NullMarked;
