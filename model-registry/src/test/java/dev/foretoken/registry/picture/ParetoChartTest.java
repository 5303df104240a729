package dev.foretoken.registry.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.registry.picture.LabelPlacer.Box;
import dev.foretoken.registry.picture.Tradeoff.Point;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ParetoChartTest {

    private static final Tradeoff VARIANTS = new Tradeoff(
            "toy@1: size against perplexity",
            "size on disk, MiB",
            "perplexity, per token",
            List.of(
                    new Point("base", 34.1, 3.381),
                    new Point("q8", 9.7, 3.383),
                    new Point("w8a8", 9.9, 3.402),
                    new Point("q4", 5.6, 3.61),
                    new Point("rtn-int4", 5.62, 3.607),
                    new Point("gptq-int4", 5.63, 3.47),
                    new Point("drop <2>", 24.0, 3.8)));

    private static List<String> names(List<Point> points) {
        return points.stream().map(Point::name).toList();
    }

    @Test
    void theFrontHoldsWhatNothingBeats() {
        assertThat(names(VARIANTS.front())).containsExactly("q4", "rtn-int4", "gptq-int4", "q8", "base");
    }

    @Test
    void pointsAtOnePlaceAreBothOnTheFront() {
        Tradeoff twins = new Tradeoff("t", "x", "y", List.of(new Point("a", 1, 1), new Point("b", 1, 1)));
        assertThat(names(twins.front())).containsExactly("a", "b");
    }

    @Test
    void thePictureIsXmlWithEveryNameAndAxis() throws Exception {
        Document svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(ParetoChart.svg(VARIANTS))));
        assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(7);
        assertThat(svg.getDocumentElement().getTextContent())
                .contains("drop <2>", "gptq-int4", "size on disk, MiB", "perplexity, per token");
    }

    @Test
    void aSinglePointAndEqualPointsCanBeDrawn() {
        assertThat(ParetoChart.svg(new Tradeoff("t", "x", "y", List.of(new Point("only", 0, 0)))))
                .contains("only")
                .doesNotContain("NaN");
    }

    @Test
    void namesCoverNeitherEachOtherNorPoints() {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            points.add(new double[] {300 + random.nextInt(160), 200 + random.nextInt(100)});
        }
        LabelPlacer placer = new LabelPlacer(new Box(0, 0, 760, 480), points);
        List<Box> boxes = new ArrayList<>();
        for (double[] point : points) {
            boxes.add(placer.place("variant-" + boxes.size(), point[0], point[1]));
        }
        for (int i = 0; i < boxes.size(); i++) {
            for (int j = 0; j < boxes.size(); j++) {
                Box box = boxes.get(i);
                Box dot = new Box(points.get(j)[0] - 4, points.get(j)[1] - 4, 8, 8);
                assertThat(i != j && box.overlaps(boxes.get(j))).isFalse();
                assertThat(box.overlaps(dot)).isFalse();
            }
        }
    }

    @Test
    void ticksAreRoundAndInsideTheRange() {
        Axis axis = Axis.over(java.util.stream.DoubleStream.of(3.381, 3.8), 0, 100);
        assertThat(axis.ticks()).hasSizeBetween(3, 7).allMatch(tick -> tick >= axis.least() && tick <= axis.most());
        assertThat(axis.ticks().stream().map(axis::label)).contains("3.4", "3.6");
        assertThat(axis.at(3.381)).isGreaterThan(0);
        assertThat(axis.at(3.8)).isLessThan(100);
    }

    @Test
    void charactersShowTheFrontInCapitals() {
        List<String> lines = TextChart.lines(VARIANTS);
        String text = String.join("\n", lines);
        assertThat(text).contains("A base", "B q8", "c w8a8", "F gptq-int4", "g drop <2>", "size on disk, MiB");
        assertThat(lines).allMatch(line -> line.length() <= 80);
    }

    @Test
    void aPictureOfNothingIsRefused() {
        assertThatThrownBy(() -> new Tradeoff("t", "x", "y", List.of())).hasMessageContaining("no points");
        assertThatThrownBy(() -> new Point("p", Double.NaN, 1)).hasMessageContaining("finite");
    }
}
