package org.postrider.rights;

/// What a user's file must be to be read; what is not so is refused as [Trouble.Kind#UNSAFE], or
/// with EFBIG.
///
/// @param limit octets; a file with more is refused before it is read
/// @param ownedByUser owner is the identity or root, as `.forward` must be (dotforward(8));
///   otherwise any, as for `:include:`
/// @param follow a symbolic link as the last part of the path is followed (`:include:`)
public record ReadRules(int limit, boolean ownedByUser, boolean follow) {
    /// `.forward`: looked at by lstat(2), so that a link is not a regular file.
    public static ReadRules forward(int limit) {
        return new ReadRules(limit, true, false);
    }

    /// `:include:`: may be a link.
    public static ReadRules include(int limit) {
        return new ReadRules(limit, false, true);
    }
}
