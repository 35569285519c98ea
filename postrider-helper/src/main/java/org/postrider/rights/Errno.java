package org.postrider.rights;

/// Error numbers of Linux and their words (errno(3), strerror(3)).
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EEXIST = 17;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ETXTBSY = 26;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int EROFS = 30;
    public static final int EPIPE = 32;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ELOOP = 40;
    public static final int ETIMEDOUT = 110;
    public static final int ESTALE = 116;
    public static final int EDQUOT = 122;

    private Errno() {}

    /// What is wrong with the machine rather than with what was asked for.
    public static boolean passes(int errno) {
        return switch (errno) {
            case EINTR, EIO, EAGAIN, ENOMEM, ENFILE, EMFILE, ENOSPC, EROFS, ETIMEDOUT, ESTALE ->
                    true;
            default -> false;
        };
    }

    /// As the C library says it.
    public static String text(int errno) {
        return switch (errno) {
            case 0 -> "Success";
            case EPERM -> "Operation not permitted";
            case ENOENT -> "No such file or directory";
            case EINTR -> "Interrupted system call";
            case EIO -> "Input/output error";
            case ENXIO -> "No such device or address";
            case 7 -> "Argument list too long";
            case 8 -> "Exec format error";
            case EAGAIN -> "Resource temporarily unavailable";
            case ENOMEM -> "Cannot allocate memory";
            case EACCES -> "Permission denied";
            case 16 -> "Device or resource busy";
            case EEXIST -> "File exists";
            case 18 -> "Invalid cross-device link";
            case 19 -> "No such device";
            case ENOTDIR -> "Not a directory";
            case EISDIR -> "Is a directory";
            case EINVAL -> "Invalid argument";
            case ENFILE -> "Too many open files in system";
            case EMFILE -> "Too many open files";
            case ETXTBSY -> "Text file busy";
            case EFBIG -> "File too large";
            case ENOSPC -> "No space left on device";
            case EROFS -> "Read-only file system";
            case 31 -> "Too many links";
            case EPIPE -> "Broken pipe";
            case ENAMETOOLONG -> "File name too long";
            case 39 -> "Directory not empty";
            case ELOOP -> "Too many levels of symbolic links";
            case ETIMEDOUT -> "Connection timed out";
            case ESTALE -> "Stale file handle";
            case EDQUOT -> "Disk quota exceeded";
            default -> "Unknown error " + errno;
        };
    }
}
