/// threads — every thread of the server, by name: what it does, what becomes of it when something
/// is thrown in it, and when it last went on. Nothing else starts threads (TidyTest). Postfix has
/// processes instead: its master(8) starts a daemon again that ended.
///
/// A thread is one of three kinds. A [Loop] works in steps until it is closed; a step that throws
/// is logged as a panic and tried again after a growing pause. A [Family] is many short-lived
/// threads, one a task (sessions, deliveries): what is thrown ends the task, never more, and what
/// the task holds is given back by its `after`. A [Guard] is for work that goes on on its callers'
/// threads and whose state cannot be trusted after a Throwable: that ends the server, which is
/// started again (`bin/supervise`) and has everything in the queue.
@NullMarked
package org.postrider.threads;

import org.jspecify.annotations.NullMarked;
