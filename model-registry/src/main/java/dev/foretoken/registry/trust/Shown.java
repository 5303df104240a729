package dev.foretoken.registry.trust;

/** Somebody else's text, made fit for a message: in quotes, short, on one line. */
final class Shown {

    private static final int MOST = 80;

    private Shown() {}

    static String of(String text) {
        String start = text.length() <= MOST ? text : text.substring(0, MOST) + "...";
        return "'" + start.replaceAll("\\p{C}", "?") + "'";
    }
}
