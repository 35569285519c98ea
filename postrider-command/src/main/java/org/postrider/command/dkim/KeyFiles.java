package org.postrider.command.dkim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.ConfigurationFile;
import org.postrider.command.ToolConfig;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;
import org.postrider.dkim.DkimParams;
import org.postrider.dkim.SigningKeys;
import org.postrider.maps.Fold;

/// The files of keys: `DIRECTORY/DOMAIN/SELECTOR.pem`, mode 600 and mail_owner's. The directories
/// are root's, if root makes them: mail_owner cannot have root write elsewhere.
final class KeyFiles {
    private static final int FAILED = 1;
    private static final int LINE = 64;
    private static final Set<PosixFilePermission> OTHERS =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private final Path directory;
    private final String owner;

    KeyFiles(ServiceSettings settings) {
        directory = Path.of(settings.get(DkimParams.KEY_DIRECTORY));
        owner = ToolConfig.text(settings, "mail_owner", FAILED);
    }

    Path file(String domain, String selector) {
        return directory.resolve(domain).resolve(selector + ".pem");
    }

    /// The keys of a domain that are there, by their selectors.
    ///
    /// @param selector one of them; null for all
    List<SigningKeys.Named> named(String domain, @Nullable String selector) {
        List<SigningKeys.Named> out = new ArrayList<>();
        if (selector != null) {
            String lower = Fold.lower(selector);
            Path file = file(domain, lower);
            return Files.exists(file)
                    ? List.of(new SigningKeys.Named(domain, lower, file))
                    : List.of();
        }
        Path of = directory.resolve(domain);
        if (Files.isDirectory(of)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(of, "*.pem")) {
                files.forEach(file -> {
                    String name = file.getFileName().toString();
                    out.add(
                            new SigningKeys.Named(
                                    domain, name.substring(0, name.length() - 4), file));
                });
            } catch (IOException e) {
                throw new CommandException(FAILED, Reason.withFile(e));
            }
        }
        out.sort(Comparator.comparing(SigningKeys.Named::selector));
        return out;
    }

    /// Writes a key, forced to disk.
    ///
    /// @throws CommandException if there is one of that name already, or it cannot be written
    void make(SigningKeys.Named named, PrivateKey key) {
        Path file = named.file();
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new CommandException(
                        FAILED, file + ": there is a key; keys are never written over");
            }
            directory(directory);
            directory(directory.resolve(named.domain()));
            ConfigurationFile.create(file, pem(key), root() ? owner() : null);
        } catch (IOException e) {
            throw new CommandException(FAILED, Reason.withFile(e));
        }
    }

    private static byte[] pem(PrivateKey key) {
        String base64 =
                Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(key.getEncoded());
        return ("-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /// There it is, and nobody else's.
    private static void directory(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectory(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwxr-xr-x")));
        }
        if (root() && uid(path) != 0) {
            throw new CommandException(
                    FAILED, path + ": this directory is not root's: root writes no key there");
        }
        if (root() && Files.getPosixFilePermissions(path).stream().anyMatch(OTHERS::contains)) {
            throw new CommandException(
                    FAILED,
                    path
                            + ": others than root may write to this directory: root writes no key"
                            + " there");
        }
    }

    private static int uid(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid");
    }

    private static boolean root() throws IOException {
        return uid(Path.of("/proc/self")) == 0;
    }

    private UserPrincipal owner() throws IOException {
        try {
            return directory
                    .getFileSystem()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByName(owner);
        } catch (UserPrincipalNotFoundException e) {
            throw new CommandException(FAILED, "mail_owner " + owner + ": no such user");
        }
    }
}
