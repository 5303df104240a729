package dev.foretoken.e2e.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.InEveryTopology;
import dev.foretoken.e2e.server.Models;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every metric and label that dashboards and alert rules name is on the page of a server that has answered. */
@InEveryTopology
class WatchedMetricsTest {

    /** What the Gateway API Inference Extension asks of a model server. */
    private static final List<String> REQUIRED = List.of(
            "vllm:num_requests_waiting",
            "vllm:num_requests_running",
            "vllm:kv_cache_usage_perc",
            "vllm:cache_config_info");

    private final Shown shown;

    WatchedMetricsTest(Deployment server) {
        new HttpApi(server.http())
                .post(HttpApi.COMPLETIONS, Map.of("model", Models.LLAMA, "prompt", "A", "max_tokens", 2))
                .ok();
        this.shown = new Shown(server.edgeMetrics(), server.engineMetrics(), WorkerPage.of());
    }

    private List<String> missing(Stream<Watched> watched) {
        return watched.flatMap(one -> one.missing(shown).stream()).toList();
    }

    @Test
    void dashboardsShowWhatThereIs() {
        assertThat(missing(Watched.files("dashboards", ".json").stream()
                        .filter(file -> !file.toString().endsWith(Watched.ROLLOUTS))
                        .flatMap(file -> Watched.dashboard(file).stream())))
                .isEmpty();
    }

    @Test
    void alertRulesWatchWhatThereIs() {
        assertThat(missing(Watched.files("rules", ".yaml").stream().flatMap(file -> Watched.rules(file).stream())))
                .isEmpty();
    }

    @Test
    void inferenceGatewaysFindTheirMetricsPerModel() {
        for (String name : REQUIRED) {
            assertThat(shown.labels(name)).as(name).contains("model_name");
        }
        assertThat(shown.labels("vllm:cache_config_info")).contains("block_size", "num_gpu_blocks");
    }

    @Test
    void misspeltNamesAreFound() {
        assertThat(misspelt("sum by (le) (rate(vllm:time_to_frist_token_seconds_bucket[5m]))"))
                .containsExactly(
                        "planted: no metric vllm:time_to_frist_token_seconds_bucket",
                        "planted: nothing has a label le");
        assertThat(misspelt("vllm:num_requests_running{modle_name=\"a\"} > 1"))
                .containsExactly("planted: vllm:num_requests_running has no label modle_name");
        assertThat(misspelt("sum by (model) (vllm:num_requests_running)"))
                .containsExactly("planted: nothing has a label model");
        assertThat(misspelt("rat(vllm:num_preemptions_total[5m])")).containsExactly("planted: no metric rat");
        assertThat(misspelt("1 > 0")).containsExactly("planted: names no metric: 1 > 0");
        Pattern legend = Pattern.compile("\\{\\{([a-z_]+)}}");
        assertThat(Watched.of("planted", "sum by (model_name) (vllm:num_requests_running)", legend, "{{route}}")
                        .missing(shown))
                .containsExactly("planted: shows route, which the expression does not keep");
    }

    private List<String> misspelt(String expression) {
        return new Watched("planted", Expression.parse(expression), Set.of()).missing(shown);
    }
}
