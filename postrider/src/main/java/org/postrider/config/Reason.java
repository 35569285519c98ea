package org.postrider.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/// Why a file could not be used, in the system's words: what strerror(3) says, as Postfix prints.
public final class Reason {
    /// What the JDK adds to the system's words for a link to itself.
    private static final String LOOP = " or unable to access attributes of symbolic link";

    private Reason() {}

    /// Without the file's name, and never the name of a Java class.
    public static String of(IOException e) {
        // No switch over types: the first one costs a command that ends with an error a third of
        // its time (decision 0095).
        if (e instanceof NoSuchFileException) {
            return "No such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return "Permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "File exists";
        }
        if (e instanceof NotDirectoryException) {
            return "Not a directory";
        }
        if (e instanceof DirectoryNotEmptyException) {
            return "Directory not empty";
        }
        if (e instanceof FileSystemException f && f.getReason() != null) {
            return f.getReason().replace(LOOP, "");
        }
        String text = e.getMessage();
        return text == null || text.isBlank() ? "Input/output error" : text;
    }

    /// With the file's name if the JDK says which it was.
    public static String withFile(IOException e) {
        String reason = of(e);
        return e instanceof FileSystemException f
                        && f.getFile() != null
                        && !reason.contains(f.getFile())
                ? f.getFile() + ": " + reason
                : reason;
    }

    public static String of(UncheckedIOException e) {
        IOException cause = e.getCause();
        return cause == null ? "Input/output error" : of(cause);
    }
}
