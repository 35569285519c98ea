package org.postrider.command.explain;

/// A change that would turn the verdict, in a sentence, and what is to be run to see whether it
/// does.
///
/// @param caller who would then call
record Proposal(String text, Trial.Change change, Caller caller) {
    Proposal and(Proposal other) {
        return new Proposal(text + "; and " + other.text, change.and(other.change), other.caller);
    }
}
