package dev.foretoken.gateway.metrics;

import dev.foretoken.contract.telemetry.Counter;
import dev.foretoken.contract.telemetry.Histogram;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.ModelServerMetrics;
import dev.foretoken.contract.telemetry.Telemetry;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the edge counts of the answers of one model, under the names that dashboards for vLLM read. Times start when the request arrived at
 * the edge, so queueing, templates and tokenization are inside.
 */
public final class AnswerMetrics {

    private static final Metric TENANT_ANSWERS =
            Metric.of("foretoken_tenant_answers_total", "Answers whose choices have all ended well.", "tenant");
    private static final Metric TENANT_TOKENS =
            Metric.of("foretoken_tenant_tokens_total", "Tokens of these answers.", "tenant", "kind");

    private static final double[] TTFT_BOUNDS = {
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80
    };
    private static final double[] E2E_BOUNDS = {
        0.01, 0.05, 0.1, 0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960
    };
    private static final double NANOS = 1e9;

    private final Telemetry telemetry;
    private final Histogram timeToFirstToken;
    private final Histogram latency;
    private final Counter stop;
    private final Counter length;
    private final Counter abort;

    private AnswerMetrics(Telemetry telemetry, String model) {
        this.telemetry = telemetry;
        this.timeToFirstToken = telemetry.histogram(ModelServerMetrics.TIME_TO_FIRST_TOKEN, TTFT_BOUNDS, model);
        this.latency = telemetry.histogram(ModelServerMetrics.REQUEST_LATENCY, E2E_BOUNDS, model);
        this.stop = telemetry.counter(ModelServerMetrics.ENDED, model, "stop");
        this.length = telemetry.counter(ModelServerMetrics.ENDED, model, "length");
        this.abort = telemetry.counter(ModelServerMetrics.ENDED, model, "abort");
    }

    public void firstToken(long nanosSinceArrival) {
        timeToFirstToken.observe(nanosSinceArrival / NANOS);
    }

    /** One choice ended well. */
    public void ended(boolean atLength) {
        (atLength ? length : stop).increment();
    }

    /** Every choice has ended well. */
    public void answered(long nanosSinceArrival, String tenant, int promptTokens, int generatedTokens) {
        latency.observe(nanosSinceArrival / NANOS);
        String name = TenantMetrics.nameOf(tenant);
        telemetry.counter(TENANT_ANSWERS, name).increment();
        telemetry.counter(TENANT_TOKENS, name, "prompt").add(promptTokens);
        telemetry.counter(TENANT_TOKENS, name, "generated").add(generatedTokens);
    }

    /** So many choices were cancelled or failed. */
    public void failed(int choices) {
        abort.add(choices);
    }

    /** The metrics of each model, made once. */
    public static final class Factory {

        private final Telemetry telemetry;
        private final TenantMetrics tenants;
        private final ConcurrentHashMap<String, AnswerMetrics> byModel = new ConcurrentHashMap<>();

        public Factory(Telemetry telemetry) {
            this.telemetry = telemetry;
            this.tenants = new TenantMetrics(telemetry);
        }

        /** Of tenants, whatever model answers them. */
        public TenantMetrics tenants() {
            return tenants;
        }

        public AnswerMetrics of(String model) {
            return byModel.computeIfAbsent(model, name -> new AnswerMetrics(telemetry, name));
        }
    }
}
