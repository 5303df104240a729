package dev.foretoken.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class LineChartTest {
    private static LineChart.Point point(double at, double value) {
        return new LineChart.Point(at, value, value * 0.9, value * 1.1);
    }

    private static LineChart chart() {
        return new LineChart(
                "a < b & c",
                "across",
                "upwards",
                List.of(
                        new LineChart.Line("flat", List.of(point(1024, 7), point(4096, 7), point(65536, 7))),
                        new LineChart.Line("rising", List.of(point(1024, 7), point(4096, 14), point(65536, 112)))));
    }

    private static Document parsed(LineChart chart) throws Exception {
        byte[] bytes = chart.svg().getBytes(StandardCharsets.UTF_8);
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(bytes));
    }

    /** x and y of every corner of a line, in turn. */
    private static double[] corners(Document document, int line) {
        Element polyline = (Element) document.getElementsByTagName("polyline").item(line);
        return Arrays.stream(polyline.getAttribute("points").split("[ ,]"))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    @Test
    void drawsEqualValuesLevelAndLargerOnesHigher() throws Exception {
        double[] flat = corners(parsed(chart()), 0);
        double[] rising = corners(parsed(chart()), 1);
        assertThat(new double[] {flat[3], flat[5]}).containsOnly(flat[1]);
        assertThat(rising[1]).isEqualTo(flat[1]).isGreaterThan(rising[3]);
        assertThat(rising[3]).isGreaterThan(rising[5]);
    }

    @Test
    void givesDoublingsTheSameWidth() throws Exception {
        double[] flat = corners(parsed(chart()), 0);
        assertThat(flat[4] - flat[2]).isEqualTo(2 * (flat[2] - flat[0]), org.assertj.core.data.Offset.offset(0.3));
    }

    @Test
    void writesAnyNameAsText() throws Exception {
        assertThat(parsed(chart()).getElementsByTagName("text").item(0).getTextContent())
                .isEqualTo("a < b & c");
    }

    @Test
    void refusesLinesWithoutPoints() {
        assertThatThrownBy(() -> new LineChart("t", "x", "y", List.of(new LineChart.Line("empty", List.of()))))
                .hasMessageContaining("expected at least one");
    }
}
