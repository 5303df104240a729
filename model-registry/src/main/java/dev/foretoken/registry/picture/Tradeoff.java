package dev.foretoken.registry.picture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Points of which less is better in both directions.
 *
 * @param across what the horizontal axis shows, with its unit
 * @param upwards what the vertical axis shows, with its unit
 */
public record Tradeoff(String title, String across, String upwards, List<Point> points) {

    /** A finite point. */
    public record Point(String name, double x, double y) {
        public Point {
            if (!Double.isFinite(x) || !Double.isFinite(y)) {
                throw new IllegalArgumentException(name + " at (" + x + ", " + y + "), expected finite numbers");
            }
        }

        boolean beats(Point other) {
            return x <= other.x && y <= other.y && (x < other.x || y < other.y);
        }
    }

    public Tradeoff {
        points = List.copyOf(points);
        if (points.isEmpty()) {
            throw new IllegalArgumentException("a picture of no points; expected at least one");
        }
    }

    /** The points that no other one beats, from left to right. */
    public List<Point> front() {
        List<Point> front = new ArrayList<>();
        for (Point point : points) {
            if (points.stream().noneMatch(other -> other.beats(point))) {
                front.add(point);
            }
        }
        front.sort(Comparator.comparingDouble(Point::x).thenComparing(Point::name));
        return front;
    }
}
