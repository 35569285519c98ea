package org.postrider.command.stone;

import java.io.PrintStream;

/// What has come so far, and whether that is enough. Any thread.
final class Tally {
    private final PrintStream out;
    private final boolean shown;
    private final int lastMessage;
    private final int lastQuit;
    private final Runnable enough;
    private int sessions;
    private int quits;
    private int messages;

    /// @param out gets the counts, if they are to be shown
    /// @param lastMessage count of messages that is enough; 0 for none
    /// @param lastQuit count of sessions that is enough; 0 for none
    /// @param enough what is done then
    Tally(PrintStream out, boolean shown, int lastMessage, int lastQuit, Runnable enough) {
        this.out = out;
        this.shown = shown;
        this.lastMessage = lastMessage;
        this.lastQuit = lastQuit;
        this.enough = enough;
    }

    synchronized void message() {
        messages++;
        show(lastMessage > 0 && messages >= lastMessage);
    }

    /// A session is over.
    ///
    /// @param quit it was the client that ended it, by QUIT
    synchronized void session(boolean quit) {
        sessions++;
        quits += quit ? 1 : 0;
        show(lastQuit > 0 && quits >= lastQuit);
    }

    private void show(boolean last) {
        if (shown) {
            out.print("sess=" + sessions + " quit=" + quits + " mesg=" + messages + "\r");
            out.flush();
        }
        if (last) {
            enough.run();
        }
    }
}
