package org.postrider.rights;

import java.util.List;

/// Acts with another user's rights. Blocking; any thread. Never as uid 0 and never as mail_owner:
/// those are refused as [Trouble.Kind#FORBIDDEN].
public interface Rights {
    /// What cannot be done here at all, a sentence each, for the log at start: empty if everybody's
    /// mail can be delivered.
    List<String> limits();

    /// A user's file: a regular file that others may not write to, and as the rules say.
    Answer<FileText> read(Identity who, String path, ReadRules rules);

    /// An `:include:` file of root's aliases: looked at as root, read with the rights of its owner,
    /// who is answered too. Refused as FORBIDDEN if root or mail_owner owns it; the mail system
    /// then reads it itself.
    Answer<Owned> readOwned(String path, ReadRules rules);

    /// A file with its owner.
    ///
    /// @param owner whose it is; delivery goes on with his rights
    record Owned(Account owner, FileText text) {}

    /// What is there, as the identity sees it: ENOENT if nothing is.
    ///
    /// @param follow stat(2); otherwise lstat(2)
    Answer<FileFacts> look(Identity who, String path, boolean follow);

    /// Puts a message somewhere, unless the identity has one of the files: then nothing is done,
    /// and it is refused as [Trouble.Kind#PRESENT]. Who has no `.forward` file has his mail at
    /// once.
    ///
    /// @param files looked at as by `look`, without following a link
    /// @return of a Maildir without a size
    Answer<Appended> put(Request.Put put, List<String> files, Content content);

    /// What is put somewhere.
    ///
    /// @param files as for `put`
    record Putting(Request.Put put, List<String> files, Content content) {}

    /// Several at once, each as by `put`. One that is out of the ordinary may be refused as
    /// [Trouble.Kind#ALONE], and nothing is done: it is to be asked for by itself.
    ///
    /// @return what each came to, in their order
    default List<Answer<Appended>> put(List<Putting> all) {
        return all.stream().map(p -> put(p.put(), p.files(), p.content())).toList();
    }

    /// Runs a command to its end.
    Answer<Ended> run(Identity who, Command command, Content content);

    /// Runs a command to its end whose stdin, stdout and stderr are one connection, to the mail
    /// system itself: to the socket [#SERVED] below queue_directory. All that the mail system is
    /// told there is the number, 8 octets, before the command begins.
    ///
    /// @param number by which the mail system knows what the connection is for; a secret
    /// @return whose `output` is the process's number
    Answer<Ended> serve(Identity who, Command command, long number);

    /// Where [#serve] connects to, below queue_directory.
    String SERVED = "private/served";

    /// A file that main.cf or master.cf names, whoever may read it: keys, password maps, tables.
    ///
    /// @return all of it
    Answer<byte[]> configured(String path);
}
