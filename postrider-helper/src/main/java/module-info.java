/// What is done with the rights of users, and the helper that root runs to do it: this and the JDK.
module org.postrider.helper {
    requires static org.jspecify;
    requires jdk.net;

    exports org.postrider.rights;
}
