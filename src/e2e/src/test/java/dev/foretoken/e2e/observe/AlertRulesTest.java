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
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus itself takes the rules, and raises each alert when it should and not before, over the metrics of a real server. */
@InEveryTopology
class AlertRulesTest {

    /** Longer than any rule waits. */
    private static final String AFTER = "30m";

    /** Minute, a little before that. */
    private static final int LOST_AT = 25;

    /** What must become of the series of a healthy server for each alert to be raised. */
    private static final Map<String, UnaryOperator<InputSeries>> TROUBLES = Map.ofEntries(
            Map.entry(
                    "ForetokenFirstTokenSlow",
                    page -> page.change("vllm:time_to_first_token_seconds_bucket", InputSeries.steady(0))
                            .slower("vllm:time_to_first_token_seconds_bucket", 7, InputSeries.rising(60))),
            Map.entry(
                    "ForetokenServerErrors",
                    page -> page.change(
                            "foretoken_http_requests_total",
                            series -> series.with(Map.of("status", "500")),
                            InputSeries.rising(6))),
            Map.entry(
                    "ForetokenSequencesFail",
                    page -> page.change(
                            "foretoken_sequence_failures_total",
                            series -> series.with(Map.of("code", "runtime_failed")),
                            InputSeries.rising(1))),
            Map.entry(
                    "ForetokenQueueLong",
                    page -> page.change("vllm:num_requests_waiting", InputSeries.steady(40))
                            .change("vllm:num_requests_running", InputSeries.steady(8))),
            Map.entry(
                    "ForetokenCacheFull",
                    page -> page.change("vllm:kv_cache_usage_perc", InputSeries.steady(0.99))
                            .change("vllm:num_preemptions_total", InputSeries.rising(6))),
            Map.entry(
                    "ForetokenEndpointLost",
                    page -> page.change("foretoken_endpoint_breaker_open", InputSeries.once(LOST_AT, 1))
                            .change("foretoken_endpoints", inState("lost"), InputSeries.from(LOST_AT, 1))),
            Map.entry(
                    "ForetokenEndpointAwaited",
                    page -> page.change("foretoken_endpoints", inState("awaited"), InputSeries.steady(1))),
            Map.entry(
                    "ForetokenEndpointFails",
                    page -> page.change("foretoken_endpoint_breaker_open", InputSeries.mostly(1))),
            Map.entry(
                    "ForetokenStreamsLost",
                    page -> page.change("foretoken_migrations_failed_total", InputSeries.rising(1))),
            Map.entry(
                    "ForetokenNoPodCame",
                    page -> page.change(
                            "foretoken_holds_total",
                            series -> series.with(Map.of("outcome", "expired")),
                            InputSeries.rising(1))),
            Map.entry(
                    "ForetokenBatchLate",
                    page -> page.change("foretoken_batch_oldest_seconds", InputSeries.steady(7200))),
            Map.entry(
                    "ForetokenBatchJobsWait",
                    page -> page.change("foretoken_batch_jobs_oldest_waiting_seconds", InputSeries.steady(7200))),
            Map.entry(
                    "ForetokenBatchDeadLetters",
                    page -> page.change(
                            "foretoken_batch_dead_letters_total",
                            series -> series.with(Map.of("reason", "malformed")),
                            InputSeries.rising(1))));

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private final Deployment server;

    AlertRulesTest(Deployment server) {
        this.server = server;
    }

    private static UnaryOperator<InputSeries.Series> inState(String state) {
        return series -> series.with(Map.of("state", state));
    }

    private static Promtool promtool() {
        Optional<Promtool> found = Promtool.find();
        assumeTrue(
                found.isPresent(),
                "promtool is not on the PATH (Debian: apt-get install prometheus): only the names in the rules are checked");
        return found.orElseThrow();
    }

    private static List<Path> rules() {
        return Watched.files("rules", ".yaml");
    }

    @Test
    void prometheusTakesTheRules() {
        for (Path file : rules()) {
            Promtool.Run check = promtool().run("check", "rules", file.toString());
            assertThat(check.exitCode()).as(check.said()).isZero();
        }
    }

    /** Series of a server that has answered, with callers who keep coming and are answered well. */
    private InputSeries healthy() {
        new HttpApi(server.http())
                .post(HttpApi.COMPLETIONS, Map.of("model", Models.LLAMA, "prompt", "A", "max_tokens", 2))
                .ok();
        Map<String, Metrics> pages = new LinkedHashMap<>(Map.of("edge", server.edgeMetrics()));
        pages.put("worker", WorkerPage.of());
        if (server.edge() != server.engine()) {
            pages.put("engine", server.engineMetrics());
        }
        Set<String> named = rules().stream()
                .flatMap(file -> Watched.rules(file).stream())
                .flatMap(rule -> rule.expression().metrics().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        return InputSeries.of(pages, named)
                .change(
                        "foretoken_http_requests_total",
                        series -> series.with(Map.of("status", "200")),
                        InputSeries.rising(60))
                .change("vllm:time_to_first_token_seconds_bucket", InputSeries.rising(60));
    }

    @Test
    void noAlertIsRaisedWhileCallersAreAnsweredWell() throws IOException {
        Promtool prometheus = promtool();
        InputSeries healthy = healthy();
        assertThat(healthy.values()).hasSizeGreaterThan(20);
        Promtool.Run run = run(prometheus, "healthy", healthy, "vector(0) unless on() ALERTS", sample("{}", 0));
        assertThat(run.exitCode()).as(run.said()).isZero();
    }

    @Test
    void eachAlertIsRaisedByItsTroubleAloneAndByNoOther() throws IOException {
        Promtool prometheus = promtool();
        InputSeries healthy = healthy();
        List<String> alerts = rules().stream()
                .flatMap(file -> Watched.rules(file).stream())
                .map(Watched::name)
                .toList();
        assertThat(alerts).isNotEmpty().containsExactlyInAnyOrderElementsOf(TROUBLES.keySet());
        for (String alert : alerts) {
            Promtool.Run run = run(
                    prometheus,
                    alert,
                    TROUBLES.get(alert).apply(healthy),
                    "sgn(count by (alertname) (ALERTS{alertstate=\"firing\"}))",
                    sample("{alertname=\"" + alert + "\"}", 1));
            assertThat(run.exitCode()).as("%s: %s", alert, run.said()).isZero();
        }
    }

    private static Map<String, Object> sample(String labels, int value) {
        return Map.of("labels", labels, "value", value);
    }

    /** Has Prometheus evaluate the rules over these series for half an hour, and the expression then. A test file is YAML, which JSON is. */
    private Promtool.Run run(
            Promtool prometheus, String name, InputSeries series, String expression, Map<String, Object> expected)
            throws IOException {
        Map<String, Object> test = Map.of(
                "interval",
                "1m",
                "input_series",
                series.entries(),
                "promql_expr_test",
                List.of(Map.of("expr", expression, "eval_time", AFTER, "exp_samples", List.of(expected))));
        Map<String, Object> file = Map.of(
                "rule_files",
                rules().stream().map(Path::toString).toList(),
                "evaluation_interval",
                "1m",
                "tests",
                List.of(test));
        Path written = folder.resolve(name + ".yaml");
        Files.writeString(written, JSON.writeValueAsString(file));
        return prometheus.run("test", "rules", written.toString());
    }
}
