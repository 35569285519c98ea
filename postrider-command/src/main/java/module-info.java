/// The commands, and the start of the server: a program, of which nobody else sees anything.
module org.postrider.command {
    requires jdk.httpserver;
    requires org.postrider;
}
