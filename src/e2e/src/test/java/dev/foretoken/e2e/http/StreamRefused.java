package dev.foretoken.e2e.http;

/** A stream was asked for, and something else was answered. */
public final class StreamRefused extends AssertionError {

    private static final long serialVersionUID = 1;

    private final transient Reply reply;

    StreamRefused(String path, Reply reply) {
        super(path + " answered " + reply.status() + ": " + reply.body());
        this.reply = reply;
    }

    public Reply reply() {
        return reply;
    }
}
