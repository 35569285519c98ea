package org.postrider.config;

import java.nio.file.Path;

/// Where a setting stands.
///
/// @param line from 1, where the logical line begins
public record Place(Path file, int line) {
    @Override
    public String toString() {
        return file + ", line " + line;
    }
}
