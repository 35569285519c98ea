package org.postrider.rights;

/// What stat(2) says of a file.
///
/// @param mode type and permissions, as `st_mode`
/// @param modifiedSeconds last change, since 1970
public record FileFacts(
        int mode, int uid, int gid, long size, long modifiedSeconds, FileNumber number) {
    private static final int TYPE = 0170000;
    private static final int WORLD_WRITES = 02;
    private static final int GROUP_WRITES = 020;
    private static final int ANYBODY_EXECUTES = 0111;

    /// Which file it is.
    ///
    /// @param device `st_dev`
    /// @param inode `st_ino`
    /// @param links names that it has
    public record FileNumber(long device, long inode, long links) {}

    public boolean regular() {
        return (mode & TYPE) == 0100000;
    }

    public boolean directory() {
        return (mode & TYPE) == 0040000;
    }

    public boolean link() {
        return (mode & TYPE) == 0120000;
    }

    public boolean worldWritable() {
        return (mode & WORLD_WRITES) != 0;
    }

    public boolean groupWritable() {
        return (mode & GROUP_WRITES) != 0;
    }

    public boolean executable() {
        return (mode & ANYBODY_EXECUTES) != 0;
    }
}
