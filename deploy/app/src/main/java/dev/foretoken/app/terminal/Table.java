package dev.foretoken.app.terminal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Rows under headings, columns two blanks apart, as wide as their widest text. Columns whose heading starts with {@code >} are right-aligned. */
public final class Table {

    private static final String GAP = "  ";

    private final List<String> headings;
    private final List<Boolean> right;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... headings) {
        this.right = List.of(headings).stream().map(h -> h.startsWith(">")).toList();
        this.headings = List.of(headings).stream()
                .map(h -> h.startsWith(">") ? h.substring(1) : h)
                .toList();
    }

    /** Adds a row; there must be as many cells as headings. */
    public Table row(String... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(cells.length + " cells under " + headings.size() + " headings");
        }
        rows.add(List.of(cells));
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    public void print(PrintStream out) {
        lines().forEach(out::println);
    }

    /** Without blanks at their ends. */
    public List<String> lines() {
        List<List<String>> all = new ArrayList<>(List.of(headings));
        all.addAll(rows);
        int[] widths = new int[headings.size()];
        for (List<String> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], length(row.get(i)));
            }
        }
        return all.stream().map(row -> line(row, widths)).toList();
    }

    private String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = row.get(i);
            String blanks = " ".repeat(widths[i] - length(cell));
            line.append(i == 0 ? "" : GAP).append(right.get(i) ? blanks + cell : cell + blanks);
        }
        return line.toString().stripTrailing();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
