/// convert — postconvert(1): other programs' mail configurations as main.cf and tables.
///
/// **What it does**: `sendmail.mc` ([org.postrider.command.convert.SendmailMc]) and JavaMail's
/// `mail.properties` ([org.postrider.command.convert.MailProperties]) become a new directory with
/// main.cf and the tables that it names. What is not carried over is said line by line, with the
/// reason and what to do.
///
/// **Who asks**: the administrator, of files that may hold anything. They are bounded, and what
/// cannot be read ends the command with file and line before anything is written.
///
/// **Threads**: one. **Crash**: the directory is made under another name and renamed when it is
/// whole.
@NullMarked
package org.postrider.command.convert;

import org.jspecify.annotations.NullMarked;
