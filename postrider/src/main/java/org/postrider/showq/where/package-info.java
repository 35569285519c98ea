/// showq.where — filters of queued messages: how they are written, and whether a message is meant.
///
/// Who feeds it: an administrator writes the filter, strangers wrote what it is asked of. Parsing
/// is bounded by the filter's length, by the number of its conditions and by how deep parentheses
/// go; a pattern is searched in time in proportion to its size and the text's ([LinearPattern]), so
/// that no text of a stranger's holds a listing up.
///
/// Threads: any; all is immutable but a `Matching`, which is one thread's. Nothing is kept: a crash
/// loses nothing.
@NullMarked
package org.postrider.showq.where;

import org.jspecify.annotations.NullMarked;
