package dev.foretoken.registry.content;

/** Text that somebody else chose, made fit for a message: short, on one line, in quotes. */
final class Quoted {

    private static final int MOST = 80;

    private Quoted() {}

    static String of(String text) {
        String start = text.length() <= MOST ? text : text.substring(0, MOST) + "...";
        StringBuilder out = new StringBuilder("'");
        start.codePoints().forEach(c -> out.appendCodePoint(printable(c) ? c : '?'));
        return out.append('\'').toString();
    }

    private static boolean printable(int c) {
        return !Character.isISOControl(c)
                && Character.getType(c) != Character.SURROGATE
                && Character.getType(c) != Character.FORMAT;
    }
}
