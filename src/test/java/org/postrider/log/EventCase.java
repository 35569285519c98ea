package org.postrider.log;

/// @param line in the mail log, after the process
/// @param json the fields of its own
record EventCase(Event event, String line, String json) {}
