package dev.foretoken.registry.picture;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds a place beside each point where its name covers neither another name nor a point: near first, then farther away. */
final class LabelPlacer {

    private static final double CHARACTER = 7.0;
    private static final double HEIGHT = 15;
    private static final double DOT = 6;
    private static final double NEAR = 10;
    private static final double PIECE = 4;
    /** Between two names beside each other. */
    private static final double SPACE = 8;

    private static final int RINGS = 9;
    private static final int DIRECTIONS = 16;

    private final Box frame;
    private final List<Box> taken = new ArrayList<>();
    private final List<Box> avoided = new ArrayList<>();

    /** A rectangle; {@code y} grows downwards. */
    record Box(double x, double y, double width, double height) {
        boolean overlaps(Box other) {
            return x < other.x + other.width
                    && other.x < x + width
                    && y < other.y + other.height
                    && other.y < y + height;
        }

        boolean holds(Box other) {
            return other.x >= x
                    && other.y >= y
                    && other.x + other.width <= x + width
                    && other.y + other.height <= y + height;
        }
    }

    /** Of each of {@code points}, x and y in the picture. */
    LabelPlacer(Box frame, List<double[]> points) {
        this.frame = frame;
        points.forEach(point -> taken.add(new Box(point[0] - DOT, point[1] - DOT, 2 * DOT, 2 * DOT)));
    }

    /** Keeps names off a line where there is other room. */
    void avoid(double x1, double y1, double x2, double y2) {
        int pieces = (int) Math.ceil(Math.hypot(x2 - x1, y2 - y1) / PIECE);
        for (int i = 0; i <= pieces; i++) {
            double share = pieces == 0 ? 0 : (double) i / pieces;
            avoided.add(new Box(x1 + share * (x2 - x1) - 1, y1 + share * (y2 - y1) - 1, 2, 2));
        }
    }

    /** The box of the name of the point at (x, y); where every place is taken, the one to its right. */
    Box place(String name, double x, double y) {
        double width = name.length() * CHARACTER + 2;
        Box box = free(width, x, y, true);
        if (box == null) {
            box = free(width, x, y, false);
        }
        if (box == null) {
            box = candidate(x, y, width, NEAR, 0);
        }
        taken.add(new Box(box.x() - SPACE, box.y(), box.width() + 2 * SPACE, box.height()));
        return box;
    }

    private @Nullable Box free(double width, double x, double y, boolean offLines) {
        for (int ring = 0; ring < RINGS; ring++) {
            for (int i = 0; i < DIRECTIONS; i++) {
                Box box = candidate(x, y, width, NEAR + ring * HEIGHT * 0.75, Math.PI * 2 * i / DIRECTIONS);
                if (frame.holds(box)
                        && taken.stream().noneMatch(box::overlaps)
                        && (!offLines || avoided.stream().noneMatch(box::overlaps))) {
                    return box;
                }
            }
        }
        return null;
    }

    /** The box whose nearest edge is {@code distance} from the point in a direction; 0 is right, then downwards. */
    private static Box candidate(double x, double y, double width, double distance, double angle) {
        double cx = x + Math.cos(angle) * (distance + width / 2);
        double cy = y + Math.sin(angle) * (distance + HEIGHT / 2);
        return new Box(cx - width / 2, cy - HEIGHT / 2, width, HEIGHT);
    }
}
