package dev.foretoken.e2e.structure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A row of {@code src/models/zoo/systems.csv}.
 *
 * @param row the list and the number in it
 * @param status served, part, not yet or nothing
 * @param tests class names with the cases that show it
 */
record PublishedSystem(
        String row, String name, String what, String status, String by, Map<String, List<String>> tests) {

    private static final List<String> COLUMNS = List.of("row", "name", "what", "status", "by", "tests");

    static List<PublishedSystem> read(String csv) {
        List<List<String>> records = records(csv);
        if (!records.getFirst().equals(COLUMNS)) {
            throw new IllegalArgumentException("columns are " + records.getFirst() + ", expected " + COLUMNS);
        }
        return records.stream().skip(1).map(PublishedSystem::of).toList();
    }

    private static PublishedSystem of(List<String> cells) {
        if (cells.size() != COLUMNS.size()) {
            throw new IllegalArgumentException(cells + " has " + cells.size() + " cells");
        }
        return new PublishedSystem(
                cells.get(0), cells.get(1), cells.get(2), cells.get(3), cells.get(4), tests(cells.get(5)));
    }

    /** {@code ClassName; ClassName: case, case}. */
    private static Map<String, List<String>> tests(String cell) {
        Map<String, List<String>> tests = new LinkedHashMap<>();
        for (String test : cell.isEmpty() ? new String[0] : cell.split("; ")) {
            String[] parts = test.split(": ", 2);
            tests.put(parts[0], parts.length == 1 ? List.of() : Arrays.asList(parts[1].split(", ")));
        }
        return tests;
    }

    /** Lines of cells, quoted where they hold a comma, a quote (twice) or a line's end. */
    private static List<List<String>> records(String csv) {
        List<List<String>> records = new ArrayList<>();
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < csv.length(); i++) {
            char c = csv.charAt(i);
            if (c == '"') {
                boolean twice = quoted && i + 1 < csv.length() && csv.charAt(i + 1) == '"';
                if (twice) {
                    cell.append(csv.charAt(++i));
                } else {
                    quoted = !quoted;
                }
            } else if (!quoted && (c == ',' || c == '\n')) {
                cells.add(cell.toString());
                cell.setLength(0);
                if (c == '\n') {
                    records.add(List.copyOf(cells));
                    cells.clear();
                }
            } else {
                cell.append(c);
            }
        }
        return records;
    }
}
