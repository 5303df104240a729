package dev.foretoken.registry.picture;

import dev.foretoken.registry.picture.Tradeoff.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A trade-off as lines of characters: each point a letter, capital where it is on the front, and what the letters mean. */
public final class TextChart {

    private static final int COLUMNS = 60;
    private static final int ROWS = 14;
    private static final int MOST = 26;

    private TextChart() {}

    /** Points beyond the 26th are marked {@code *}; of points at one place the first is seen, and the key says where the others are. */
    public static List<String> lines(Tradeoff tradeoff) {
        Axis x = Axis.over(tradeoff.points().stream().mapToDouble(Point::x), 0, COLUMNS - 1);
        Axis y = Axis.over(tradeoff.points().stream().mapToDouble(Point::y), ROWS - 1, 0);
        char[][] cells = new char[ROWS][COLUMNS];
        Arrays.stream(cells).forEach(row -> Arrays.fill(row, ' '));
        List<Point> front = tradeoff.front();
        List<String> key = new ArrayList<>();
        for (int i = 0; i < tradeoff.points().size(); i++) {
            Point point = tradeoff.points().get(i);
            int row = (int) Math.round(y.at(point.y()));
            int column = (int) Math.round(x.at(point.x()));
            char mark = mark(i, front.contains(point));
            char seen = cells[row][column];
            if (seen == ' ') {
                cells[row][column] = mark;
            }
            key.add(mark + " " + point.name() + (seen == ' ' ? "" : " (under " + seen + ")"));
        }
        return picture(tradeoff, new Axis[] {x, y}, cells, key);
    }

    private static char mark(int index, boolean best) {
        return index >= MOST ? '*' : (char) ((best ? 'A' : 'a') + index);
    }

    private static List<String> picture(Tradeoff tradeoff, Axis[] axes, char[][] cells, List<String> key) {
        List<String> lines = new ArrayList<>();
        lines.add(tradeoff.upwards());
        String top = axes[1].exact(axes[1].most());
        String bottom = axes[1].exact(axes[1].least());
        int width = Math.max(top.length(), bottom.length());
        for (int row = 0; row < ROWS; row++) {
            String label = row == 0 ? top : row == ROWS - 1 ? bottom : "";
            lines.add((" ".repeat(width - label.length()) + label + " |" + new String(cells[row])).stripTrailing());
        }
        lines.add(" ".repeat(width + 1) + "+" + "-".repeat(COLUMNS));
        String left = axes[0].exact(axes[0].least());
        String right = axes[0].exact(axes[0].most());
        lines.add(" ".repeat(width + 2)
                + left
                + " ".repeat(Math.max(1, COLUMNS - left.length() - right.length()))
                + right);
        lines.add(" ".repeat(width + 2) + tradeoff.across() + "; capitals: nothing is better in both");
        lines.addAll(key);
        return lines;
    }
}
