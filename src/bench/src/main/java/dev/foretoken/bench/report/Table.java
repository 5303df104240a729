package dev.foretoken.bench.report;

import java.util.ArrayList;
import java.util.List;

/** Text in columns: the first column left-aligned, the others right-aligned, two spaces between. */
public final class Table {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... header) {
        rows.add(List.of(header));
    }

    /** Adds one row; missing cells stay empty, surplus ones are refused. */
    public Table row(String... cells) {
        if (cells.length > rows.getFirst().size()) {
            throw new IllegalArgumentException("a row of %d cells in a table of %d columns"
                    .formatted(cells.length, rows.getFirst().size()));
        }
        rows.add(List.of(cells));
        return this;
    }

    /** Renders header, rule and rows; every line ends with a newline and none with blanks. */
    public String render() {
        int[] widths = widths();
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            out.append(line(rows.get(i), widths).stripTrailing()).append('\n');
            if (i == 0) {
                out.append(rule(widths)).append('\n');
            }
        }
        return out.toString();
    }

    private int[] widths() {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return widths;
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = i < row.size() ? row.get(i) : "";
            String padding = " ".repeat(widths[i] - cell.length());
            line.append(i == 0 ? cell + padding : GAP + padding + cell);
        }
        return line.toString();
    }

    private static String rule(int[] widths) {
        int total = (widths.length - 1) * GAP.length();
        for (int width : widths) {
            total += width;
        }
        return "-".repeat(total);
    }
}
