package dev.foretoken.helm;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files of a chart that follow from others: {@code values.schema.json} and the table in {@code README.md} from its {@code values.yaml}, and the
 * alert rules, which Helm cannot read outside of a chart.
 */
public final class ChartDocuments {

    /** Below the folder of the project; the chart is two folders below it. */
    private static final String ALERTS = "../../deploy/grafana/rules/foretoken.yaml";

    /** What writes them again. */
    static final String COMMAND = "./mvnw -q -pl helm -am test-compile -Pchart";

    private static final String BEGIN = "<!-- values: written from values.yaml by " + COMMAND + " -->\n";
    private static final String END = "<!-- end of values -->\n";

    private final Path chart;

    /** @param chart its folder */
    ChartDocuments(Path chart) {
        this.chart = chart;
    }

    /** By their path in the chart, as they should be. */
    Map<String, String> wanted() throws IOException {
        List<ChartValue> values = ValuesFile.read(chart.resolve("values.yaml"));
        Map<String, String> files = new TreeMap<>();
        files.put(
                "values.schema.json",
                new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(new ValuesSchema(values).write())
                        + "\n");
        files.put("rules/foretoken.yaml", Files.readString(chart.resolve(ALERTS)));
        files.put("README.md", page(Files.readString(chart.resolve("README.md")), ValuesTable.write(values)));
        return files;
    }

    private static String page(String page, String table) {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("README.md needs the lines\n" + BEGIN + END);
        }
        return page.substring(0, begin + BEGIN.length()) + "\n" + table + "\n" + page.substring(end);
    }

    /** @param arguments the chart's folder */
    public static void main(String... arguments) throws IOException {
        Path chart = Path.of(arguments[0]);
        for (Map.Entry<String, String> file : new ChartDocuments(chart).wanted().entrySet()) {
            Files.writeString(chart.resolve(file.getKey()), file.getValue());
        }
    }
}
