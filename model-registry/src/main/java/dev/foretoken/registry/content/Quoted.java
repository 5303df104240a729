package dev.foretoken.registry.content;

/** Text that somebody else chose, made fit for a message: short, on one line, in quotes. */
public final class Quoted {

    private static final int MOST = 80;

    private Quoted() {}

    /** At most {@value #MOST} characters of it. */
    public static String of(String text) {
        return of(text, MOST);
    }

    /** {@code most}: characters of it. */
    public static String of(String text, int most) {
        String start = text.length() <= most ? text : text.substring(0, most) + "...";
        StringBuilder out = new StringBuilder("'");
        start.codePoints().forEach(c -> out.appendCodePoint(printable(c) ? c : '?'));
        return out.append('\'').toString();
    }

    private static boolean printable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
