package dev.foretoken.gateway.template.syntax;

/** Line numbers of ascending positions in a source. */
final class LineNumbers {
    private final String source;
    private int position;
    private int line = 1;

    LineNumbers(String source) {
        this.source = source;
    }

    /** The line of a position, counted from 1; positions asked for in ascending order cost one pass in all. */
    int at(int target) {
        if (target < position) {
            position = 0;
            line = 1;
        }
        for (; position < target; position++) {
            if (source.charAt(position) == '\n') {
                line++;
            }
        }
        return line;
    }
}
