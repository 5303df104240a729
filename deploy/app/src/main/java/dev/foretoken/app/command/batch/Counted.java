package dev.foretoken.app.command.batch;

/** A number of things, in words. */
final class Counted {

    private Counted() {}

    /** @param what one of them */
    static String of(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
