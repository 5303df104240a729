package dev.foretoken.registry.picture;

import dev.foretoken.registry.picture.LabelPlacer.Box;
import dev.foretoken.registry.picture.Tradeoff.Point;
import java.util.List;
import java.util.Locale;

/** A trade-off as an SVG document: filled points are on the front, which a line joins; the others are hollow. */
public final class ParetoChart {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 480;
    private static final int LEFT = 84;
    private static final int RIGHT = 30;
    private static final int TOP = 54;
    private static final int BOTTOM = 64;
    private static final String BEST = "#0b5fa5";
    private static final String BEATEN = "#8a8a8a";
    /** A name farther from its point than this is joined to it by a thin line. */
    private static final double CLOSE = 16;

    private final Tradeoff tradeoff;
    private final Axis x;
    private final Axis y;
    private final StringBuilder out = new StringBuilder();

    private ParetoChart(Tradeoff tradeoff) {
        this.tradeoff = tradeoff;
        this.x = Axis.over(tradeoff.points().stream().mapToDouble(Point::x), LEFT, WIDTH - RIGHT);
        this.y = Axis.over(tradeoff.points().stream().mapToDouble(Point::y), HEIGHT - BOTTOM, TOP);
    }

    public static String svg(Tradeoff tradeoff) {
        return new ParetoChart(tradeoff).draw();
    }

    private String draw() {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">"
                        .formatted(WIDTH, HEIGHT, WIDTH, HEIGHT));
        add("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
        text(LEFT, 26, "start", "font-size=\"15\"", tradeoff.title());
        axes();
        List<Point> front = tradeoff.front();
        frontLine(front);
        // The front last: what lies under it is not better than it.
        tradeoff.points().stream().filter(point -> !front.contains(point)).forEach(point -> dot(point, false));
        front.forEach(point -> dot(point, true));
        labels(front);
        return out.append("</svg>\n").toString();
    }

    private void axes() {
        for (double tick : x.ticks()) {
            rule(x.at(tick), TOP, x.at(tick), HEIGHT - BOTTOM, "#e4e4e4", "");
            text(x.at(tick), HEIGHT - BOTTOM + 20, "middle", "fill=\"#444444\"", x.label(tick));
        }
        for (double tick : y.ticks()) {
            rule(LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick), "#e4e4e4", "");
            text(LEFT - 8, y.at(tick) + 4, "end", "fill=\"#444444\"", y.label(tick));
        }
        rule(LEFT, TOP, LEFT, HEIGHT - BOTTOM, "#444444", "");
        rule(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "#444444", "");
        text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 18, "middle", "", tradeoff.across());
        double middle = (TOP + HEIGHT - BOTTOM) / 2.0;
        text(22, middle, "middle", format("transform=\"rotate(-90 22 %.1f)\"", middle), tradeoff.upwards());
    }

    private void frontLine(List<Point> front) {
        for (int i = 1; i < front.size(); i++) {
            Point a = front.get(i - 1);
            Point b = front.get(i);
            rule(
                    x.at(a.x()),
                    y.at(a.y()),
                    x.at(b.x()),
                    y.at(b.y()),
                    BEST,
                    " stroke-width=\"1.5\" stroke-opacity=\"0.6\"");
        }
    }

    private void dot(Point point, boolean best) {
        add(format(
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" fill=\"%s\" stroke=\"%s\" stroke-width=\"1.5\"/>",
                x.at(point.x()), y.at(point.y()), best ? BEST : "white", best ? BEST : BEATEN));
    }

    private void labels(List<Point> front) {
        Box frame = new Box(LEFT + 2, TOP - 16, WIDTH - RIGHT + 24.0 - LEFT, HEIGHT - BOTTOM - TOP + 14.0);
        LabelPlacer placer = new LabelPlacer(
                frame,
                tradeoff.points().stream()
                        .map(p -> new double[] {x.at(p.x()), y.at(p.y())})
                        .toList());
        for (int i = 1; i < front.size(); i++) {
            Point a = front.get(i - 1);
            Point b = front.get(i);
            placer.avoid(x.at(a.x()), y.at(a.y()), x.at(b.x()), y.at(b.y()));
        }
        for (Point point : tradeoff.points()) {
            double px = x.at(point.x());
            double py = y.at(point.y());
            Box box = placer.place(point.name(), px, py);
            String colour = front.contains(point) ? "#111111" : "#666666";
            leader(px, py, box);
            text(
                    box.x() + box.width() / 2,
                    box.y() + box.height() - 4,
                    "middle",
                    "fill=\"" + colour + "\"",
                    point.name());
        }
    }

    private void leader(double px, double py, Box box) {
        double nearX = Math.clamp(px, box.x(), box.x() + box.width());
        double nearY = Math.clamp(py, box.y(), box.y() + box.height());
        if (Math.hypot(nearX - px, nearY - py) > CLOSE) {
            rule(px, py, nearX, nearY, "#bbbbbb", " stroke-width=\"0.8\"");
        }
    }

    private void rule(double x1, double y1, double x2, double y2, String colour, String more) {
        add(format(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"%s/>",
                x1, y1, x2, y2, colour, more));
    }

    private void text(double at, double base, String anchor, String more, String words) {
        add(format(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>", at, base, anchor, more, escaped(words)));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private void add(String line) {
        out.append(line).append('\n');
    }
}
