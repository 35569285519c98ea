/// command.environment — what import_environment makes of the environment that a command, and the
/// server, was started with.
///
/// Who feeds it: ToolConfig, for every command; postfix and postlock, for what they start.
///
/// Threads: the command's, before it has others. Nothing is kept here but the process's zone.
///
/// Crash: nothing of it is on the disk.
@NullMarked
package org.postrider.command.environment;

import org.jspecify.annotations.NullMarked;
