package org.postrider.helper;

import java.util.List;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Command;
import org.postrider.rights.Content;
import org.postrider.rights.Ended;
import org.postrider.rights.FileFacts;
import org.postrider.rights.FileText;
import org.postrider.rights.Identity;
import org.postrider.rights.ReadRules;
import org.postrider.rights.Request;
import org.postrider.rights.Rights;

/// Rights by asking somebody: each act is a request.
abstract class Asked implements Rights {
    /// Blocks until it is done.
    ///
    /// @return of the type that the request asks for
    abstract Answer<?> asked(Request request, Content content);

    /// The answer's type is that of the request.
    @SuppressWarnings("unchecked")
    private <T> Answer<T> ask(Request request, Content content) {
        return (Answer<T>) asked(request, content);
    }

    @Override
    public List<String> limits() {
        return List.of();
    }

    @Override
    public final Answer<FileText> read(Identity who, String path, ReadRules rules) {
        return ask(new Request.Read(who, path, rules), Content.none());
    }

    @Override
    public Answer<Owned> readOwned(String path, ReadRules rules) {
        return ask(new Request.ReadOwned(path, rules), Content.none());
    }

    @Override
    public final Answer<FileFacts> look(Identity who, String path, boolean follow) {
        return ask(new Request.Look(who, path, follow), Content.none());
    }

    @Override
    public Answer<Appended> put(Request.Put put, List<String> files, Content content) {
        return ask(new Request.PutUnless(put, files), content);
    }

    @Override
    public final Answer<Ended> run(Identity who, Command command, Content content) {
        return ask(new Request.Run(who, command), content);
    }

    @Override
    public final Answer<Ended> serve(Identity who, Command command, long number) {
        return ask(new Request.Serve(who, command, number), Content.none());
    }

    @Override
    public final Answer<byte[]> configured(String path) {
        return ask(new Request.Configured(path), Content.none());
    }
}
