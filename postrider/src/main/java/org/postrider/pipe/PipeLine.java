package org.postrider.pipe;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.agent.MailCopy.Part;
import org.postrider.agent.ServiceUser;
import org.postrider.config.ConfigException;
import org.postrider.maps.Fold;

/// What a line of master.cf says to pipe(8).
///
/// @param parts what is written besides the message
/// @param argv the command and its arguments, with macros
public record PipeLine(
        ServiceUser user,
        Set<Part> parts,
        Set<Option> options,
        Place place,
        Form form,
        List<String> argv) {
    /// Where the command begins; null for nothing said.
    public record Place(@Nullable String root, @Nullable String directory) {}

    /// How the mail is told.
    ///
    /// @param eol what ends a line, octets as chars
    /// @param sizeLimit octets of the largest mail, 0 for any
    /// @param nullSender what stands for the null sender
    public record Form(String eol, long sizeLimit, String nullSender) {}

    /// Flags that are about arguments and notices.
    public enum Option {
        /// `h`
        FOLD_DOMAIN,
        /// `u`
        FOLD_LOCAL,
        /// `q`
        QUOTE,
        /// `X`
        FINAL
    }

    public PipeLine {
        parts = Set.copyOf(parts);
        options = Set.copyOf(options);
        argv = List.copyOf(argv);
    }

    public boolean has(Option option) {
        return options.contains(option);
    }

    public boolean has(Part part) {
        return parts.contains(part);
    }

    /// Reads a line.
    ///
    /// @param arguments of the line after the program
    /// @throws ConfigException with Postfix's words, where that cannot be
    public static PipeLine of(List<String> arguments) {
        return new Reader().read(arguments);
    }

    private static final class Reader {
        private final Set<Part> parts = EnumSet.noneOf(Part.class);
        private final Set<Option> options = EnumSet.noneOf(Option.class);
        private @Nullable ServiceUser user;
        private @Nullable String root;
        private @Nullable String directory;
        private String eol = "\n";
        private long sizeLimit;
        private String nullSender = "MAILER-DAEMON";

        PipeLine read(List<String> arguments) {
            int at = options(arguments);
            List<String> argv = List.of();
            for (; at < arguments.size() && argv.isEmpty(); at++) {
                String word = arguments.get(at);
                int equals = word.indexOf('=');
                String name = equals < 0 ? word : word.substring(0, equals);
                String value = word.substring(equals + 1);
                if (equals > 0 && name.equalsIgnoreCase("argv")) {
                    argv = new ArrayList<>(arguments.subList(at, arguments.size()));
                    argv.set(0, value);
                } else if (equals <= 0 || !attribute(name, value)) {
                    throw new ConfigException("unknown attribute name: " + word);
                }
            }
            if (user == null) {
                throw new ConfigException("missing user= command-line attribute");
            }
            if (argv.isEmpty()) {
                throw new ConfigException("missing argv= command-line attribute");
            }
            return new PipeLine(
                    user,
                    parts,
                    options,
                    new Place(root, directory),
                    new Form(eol, sizeLimit, nullSender),
                    argv);
        }

        /// Those of master(5), which every program has.
        private static int options(List<String> arguments) {
            int at = 0;
            while (at < arguments.size() && arguments.get(at).startsWith("-")) {
                at += arguments.get(at).equals("-o") ? 2 : 1;
            }
            return at;
        }

        private boolean attribute(String name, String value) {
            switch (Fold.lower(name)) {
                case "flags" -> value.chars().forEach(this::flag);
                case "user" -> user = ServiceUser.of(value);
                case "directory" -> directory = value;
                case "chroot" -> root = value;
                case "eol" -> eol = unescaped(value);
                case "null_sender" -> nullSender = value;
                case "size" -> sizeLimit = size(value);
                default -> {
                    return false;
                }
            }
            return true;
        }

        private void flag(int flag) {
            switch (flag) {
                case 'B' -> parts.add(Part.BLANK);
                case 'D' -> parts.add(Part.DELIVERED_TO);
                case 'F' -> parts.add(Part.FROM);
                case 'O' -> parts.add(Part.ORIGINAL_TO);
                case 'R' -> parts.add(Part.RETURN_PATH);
                case '.' -> parts.add(Part.DOT);
                case '>' -> parts.add(Part.QUOTE);
                case 'X' -> options.add(Option.FINAL);
                case 'h' -> options.add(Option.FOLD_DOMAIN);
                case 'u' -> options.add(Option.FOLD_LOCAL);
                case 'q' -> options.add(Option.QUOTE);
                default -> throw new ConfigException("unknown flag: " + (char) flag);
            }
        }

        private static long size(String value) {
            try {
                long size = Long.parseLong(value);
                if (size >= 0) {
                    return size;
                }
            } catch (NumberFormatException e) {
                // as for one that is negative
            }
            throw new ConfigException("bad size= value: " + value);
        }

        /// `\r`, `\012` and their like, as in C.
        private static String unescaped(String text) {
            StringBuilder out = new StringBuilder();
            int at = 0;
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (c != '\\' || at == text.length()) {
                    out.append(c);
                    continue;
                }
                int octal = 0;
                int digits = 0;
                while (digits < 3 && at < text.length() && octal(text.charAt(at))) {
                    octal = octal * 8 + text.charAt(at++) - '0';
                    digits++;
                }
                out.append(digits > 0 ? (char) (octal & 0xff) : control(text.charAt(at++)));
            }
            return out.toString();
        }

        private static boolean octal(char c) {
            return c >= '0' && c <= '7';
        }

        private static char control(char c) {
            return switch (c) {
                case 'a' -> '\007';
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'v' -> '\013';
                default -> c;
            };
        }
    }
}
