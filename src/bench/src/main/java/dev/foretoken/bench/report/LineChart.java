package dev.foretoken.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Lines of measurements as an SVG picture: doubling steps across, from zero upwards, each point with the range it was measured in.
 * Needs no fonts and draws the same text for the same numbers, so that a picture changes only with its data.
 */
public record LineChart(String title, String across, String upwards, List<Line> lines) {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 440;
    private static final int LEFT = 70;
    private static final int RIGHT = 30;
    private static final int TOP = 50;
    private static final int ROW = 18;
    private static final int AXIS = 56;
    private static final List<String> COLOURS =
            List.of("#0b5fa5", "#c1440e", "#2e7d32", "#6a1b9a", "#8d6e00", "#455a64");

    /** Points of one name, in ascending order of {@link Point#at}. */
    public record Line(String name, List<Point> points) {}

    /** A median {@code value} between the least and the most that was measured; {@code at} is above zero. */
    public record Point(double at, double value, double least, double most) {}

    public LineChart {
        if (lines.isEmpty() || lines.stream().anyMatch(line -> line.points().isEmpty())) {
            throw new IllegalArgumentException("a chart with a line of no points; expected at least one in each");
        }
    }

    public void write(Path file) throws IOException {
        Files.writeString(file, svg());
    }

    /** The picture as an SVG document. */
    public String svg() {
        StringBuilder out = new StringBuilder();
        out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                .formatted(WIDTH, HEIGHT, WIDTH, HEIGHT));
        out.append(
                " font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        text(out, LEFT, 26, "start", title);
        axes(out, scale());
        for (int i = 0; i < lines.size(); i++) {
            line(out, scale(), i);
        }
        return out.append("</svg>\n").toString();
    }

    private void axes(StringBuilder out, Scale scale) {
        for (double value = 0; value <= scale.most(); value += scale.step()) {
            double y = scale.y(value);
            rule(out, LEFT, y, WIDTH - RIGHT, y, "#dddddd");
            text(out, LEFT - 8, y + 4, "end", Format.significant(value));
        }
        lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(Point::at)
                .distinct()
                .sorted()
                .forEach(at -> {
                    rule(out, scale.x(at), scale.bottom(), scale.x(at), scale.bottom() + 5, "#444444");
                    text(out, scale.x(at), scale.bottom() + 20, "middle", Format.count(Math.round(at)));
                });
        rule(out, LEFT, scale.bottom(), WIDTH - RIGHT, scale.bottom(), "#444444");
        text(out, (LEFT + WIDTH - RIGHT) / 2.0, scale.bottom() + 40, "middle", across);
        text(out, LEFT, TOP - 6, "start", upwards);
    }

    private void line(StringBuilder out, Scale scale, int index) {
        Line line = lines.get(index);
        String colour = COLOURS.get(index % COLOURS.size());
        StringBuilder path = new StringBuilder();
        for (Point point : line.points()) {
            double x = scale.x(point.at());
            path.append("%s,%s ".formatted(number(x), number(scale.y(point.value()))));
            rule(out, x, scale.y(point.least()), x, scale.y(point.most()), colour);
            out.append("<circle cx=\"%s\" cy=\"%s\" r=\"3.5\" fill=\"%s\"/>\n"
                    .formatted(number(x), number(scale.y(point.value())), colour));
        }
        out.append("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n"
                .formatted(path.toString().strip(), colour));
        double y = HEIGHT - ROW * (lines.size() - index) + 6;
        rule(out, LEFT, y - 4, LEFT + 24, y - 4, colour);
        text(out, LEFT + 32, y, "start", line.name());
    }

    private static void rule(StringBuilder out, double x1, double y1, double x2, double y2, String colour) {
        out.append("<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" stroke=\"%s\"/>\n"
                .formatted(number(x1), number(y1), number(x2), number(y2), colour));
    }

    private static void text(StringBuilder out, double x, double y, String anchor, String text) {
        String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        out.append("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>\n"
                .formatted(number(x), number(y), anchor, escaped));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /** Where numbers lie: {@code least} and {@code widest} across as logarithms, zero to {@code most} upwards. */
    private record Scale(double least, double widest, double most, double step, double bottom) {
        double x(double at) {
            double share = widest == least ? 0.5 : (Math.log(at) - least) / (widest - least);
            return LEFT + 20 + share * (WIDTH - RIGHT - LEFT - 40);
        }

        double y(double value) {
            return bottom - value / most * (bottom - TOP);
        }
    }

    private Scale scale() {
        List<Point> points =
                lines.stream().flatMap(line -> line.points().stream()).toList();
        double highest = points.stream().mapToDouble(Point::most).max().orElse(1);
        double step = step(highest > 0 ? highest : 1);
        return new Scale(
                Math.log(points.stream().mapToDouble(Point::at).min().orElse(1)),
                Math.log(points.stream().mapToDouble(Point::at).max().orElse(1)),
                step * Math.ceil((highest > 0 ? highest : 1) / step),
                step,
                HEIGHT - AXIS - ROW * lines.size());
    }

    /** 1, 2 or 5 times a power of ten, so that four to ten of them reach {@code most}. */
    private static double step(double most) {
        double power = Math.pow(10, Math.floor(Math.log10(most)));
        double leading = most / power;
        return power * (leading < 2 ? 0.2 : leading < 5 ? 0.5 : 1);
    }
}
