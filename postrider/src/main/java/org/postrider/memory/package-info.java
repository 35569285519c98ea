/// memory — who may take how much of the heap. What a stranger, a user or the queue can make large
/// is charged to a budget before it is read or kept, by an owner who gives all of it back at the
/// end, however that comes. Postfix has a process for each client and message and lets the kernel
/// count; here all share one heap, so the counting is ours.
///
/// Any thread; nothing here blocks but [Budget.Share#await].
@NullMarked
package org.postrider.memory;

import org.jspecify.annotations.NullMarked;
