package org.postrider.access.restriction;

/// What nobody can ask: a name that nobody knows, or an argument that makes no sense. Clients that
/// come to it are not let pass.
///
/// @param fault in Postfix's words
public record Faulty(String name, String argument, String fault) implements Restriction {}
