package dev.foretoken.e2e.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.InEveryTopology;
import dev.foretoken.e2e.server.Metrics;
import dev.foretoken.e2e.server.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus itself evaluates what dashboards ask it, over the series of a server that has answered. */
@InEveryTopology
class DashboardExpressionsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private final Deployment server;

    DashboardExpressionsTest(Deployment server) {
        this.server = server;
    }

    private static List<Watched> asked() {
        return Watched.files("dashboards", ".json").stream()
                .flatMap(file -> Watched.dashboard(file).stream())
                .toList();
    }

    /** As Grafana would send it, for everything that can be chosen. */
    private static String sent(Watched watched) {
        return watched.expression().text().replace("$__rate_interval", "5m").replaceAll("\\$[a-z]+", ".*");
    }

    private InputSeries series(List<Watched> asked) {
        new HttpApi(server.http())
                .post(HttpApi.COMPLETIONS, Map.of("model", Models.LLAMA, "prompt", "A", "max_tokens", 2))
                .ok();
        Map<String, Metrics> pages = new LinkedHashMap<>();
        pages.put("edge", server.edgeMetrics());
        pages.put("worker", WorkerPage.of());
        if (server.edge() != server.engine()) {
            pages.put("engine", server.engineMetrics());
        }
        Set<String> named = asked.stream()
                .flatMap(one -> one.expression().metrics().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        return InputSeries.of(pages, named);
    }

    /** 0, whatever the expression gives, unless Prometheus cannot evaluate it. */
    private static Map<String, Object> evaluated(String expression) {
        return Map.of(
                "expr",
                "(0 * count(" + expression + ")) or vector(0)",
                "eval_time",
                "30m",
                "exp_samples",
                List.of(Map.of("labels", "{}", "value", 0)));
    }

    private Promtool.Run run(Promtool prometheus, InputSeries series, List<String> expressions) throws IOException {
        Map<String, Object> test = Map.of(
                "interval",
                "1m",
                "input_series",
                series.entries(),
                "promql_expr_test",
                expressions.stream().map(DashboardExpressionsTest::evaluated).toList());
        Path written = folder.resolve("dashboards.yaml");
        Files.writeString(
                written, JSON.writeValueAsString(Map.of("evaluation_interval", "1m", "tests", List.of(test))));
        return prometheus.run("test", "rules", written.toString());
    }

    @Test
    void everyExpressionOfADashboardIsEvaluated() throws IOException {
        Optional<Promtool> promtool = Promtool.find();
        assumeTrue(
                promtool.isPresent(),
                "promtool is not on the PATH (Debian: apt-get install prometheus): only the names in dashboards are checked");
        List<Watched> asked = asked();
        InputSeries series = series(asked);
        Promtool.Run run = run(
                promtool.orElseThrow(),
                series,
                asked.stream().map(DashboardExpressionsTest::sent).toList());
        assertThat(run.exitCode()).as(run.said()).isZero();
        Promtool.Run planted = run(promtool.orElseThrow(), series, List.of("sum(vllm:num_requests_running) by"));
        assertThat(planted.exitCode()).as(planted.said()).isNotZero();
    }
}
