package org.postrider.rights;

/// A file that was read, its octets one a char.
public record FileText(String octets, FileFacts facts) {}
