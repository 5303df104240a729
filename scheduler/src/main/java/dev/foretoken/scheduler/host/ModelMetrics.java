package dev.foretoken.scheduler.host;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.telemetry.Counter;
import dev.foretoken.contract.telemetry.Histogram;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.ModelServerMetrics;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.scheduler.CheckpointEvent;
import dev.foretoken.scheduler.PrefixOutcome;
import dev.foretoken.scheduler.SchedulerObserver;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts one variant's sequences under the names that inference gateways and dashboards of vLLM read. */
final class ModelMetrics implements SchedulerObserver {

    private static final String MODEL = "model_name";
    private static final Metric STEP_ROWS =
            Metric.of("foretoken_step_rows", "Sequences in one step: the size of a batch", MODEL);
    private static final Metric STEP_TOKENS = Metric.of("foretoken_step_tokens", "Tokens computed in one step", MODEL);
    private static final Metric STEP_TIME = Metric.of("foretoken_step_seconds", "Time that a step took", MODEL);
    private static final double NANOS = 1e-9;
    private static final double[] ROWS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
    private static final double[] WAITS = {0.001, 0.01, 0.05, 0.1, 0.3, 0.5, 1, 2, 5, 10, 30, 60, 120};
    private static final double[] GAPS = {0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.2, 0.3, 0.5, 1, 2.5};
    private static final double[] TOKENS = {1, 8, 32, 128, 512, 1024, 2048, 4096, 16384, 65536, 262144};

    private final Counter promptTokens;
    private final Counter generationTokens;
    private final Counter prefixQueries;
    private final Counter prefixHits;
    private final Counter preemptions;
    private final Counter drafts;
    private final Counter draftTokens;
    private final Counter acceptedTokens;
    private final Map<PrefixOutcome, Counter> prefixOutcomes = new EnumMap<>(PrefixOutcome.class);
    private final Map<CheckpointEvent, Counter> checkpoints = new EnumMap<>(CheckpointEvent.class);
    private final Map<FinishReason, Counter> finished = new EnumMap<>(FinishReason.class);
    private final Map<ErrorCode, Counter> failed = new EnumMap<>(ErrorCode.class);
    private final PredictionMetrics predictions;
    private final Histogram queueTime;
    private final Histogram prefillTime;
    private final Histogram decodeTime;
    private final Histogram tokenGap;
    private final Histogram requestPrompt;
    private final Histogram requestGeneration;
    private final Histogram stepRows;
    private final Histogram stepTokens;
    private final Histogram stepTime;

    /** {@code draftSource}: where proposals come from. */
    ModelMetrics(Telemetry telemetry, String model, String draftSource) {
        promptTokens = telemetry.counter(ModelServerMetrics.PROMPT_TOKENS, model);
        generationTokens = telemetry.counter(ModelServerMetrics.GENERATION_TOKENS, model);
        prefixQueries = telemetry.counter(ModelServerMetrics.PREFIX_QUERIES, model);
        prefixHits = telemetry.counter(ModelServerMetrics.PREFIX_HITS, model);
        preemptions = telemetry.counter(ModelServerMetrics.PREEMPTIONS, model);
        drafts = telemetry.counter(ModelServerMetrics.DRAFTS, model, draftSource);
        draftTokens = telemetry.counter(ModelServerMetrics.DRAFT_TOKENS, model, draftSource);
        acceptedTokens = telemetry.counter(ModelServerMetrics.ACCEPTED_TOKENS, model, draftSource);
        predictions = new PredictionMetrics(telemetry, model);
        queueTime = telemetry.histogram(ModelServerMetrics.QUEUE_TIME, WAITS, model);
        prefillTime = telemetry.histogram(ModelServerMetrics.PREFILL_TIME, WAITS, model);
        decodeTime = telemetry.histogram(ModelServerMetrics.DECODE_TIME, WAITS, model);
        tokenGap = telemetry.histogram(ModelServerMetrics.TOKEN_GAP, GAPS, model);
        requestPrompt = telemetry.histogram(ModelServerMetrics.REQUEST_PROMPT, TOKENS, model);
        requestGeneration = telemetry.histogram(ModelServerMetrics.REQUEST_GENERATION, TOKENS, model);
        stepRows = telemetry.histogram(STEP_ROWS, ROWS, model);
        stepTokens = telemetry.histogram(STEP_TOKENS, TOKENS, model);
        stepTime = telemetry.histogram(STEP_TIME, GAPS, model);
        labelled(telemetry, model);
    }

    private void labelled(Telemetry telemetry, String model) {
        Metric ended = Metric.of("foretoken_sequences_ended_total", "Sequences that ended well", MODEL, "reason");
        for (FinishReason reason : FinishReason.values()) {
            finished.put(reason, telemetry.counter(ended, model, label(reason)));
        }
        Metric failures = Metric.of("foretoken_sequence_failures_total", "Sequences that failed", MODEL, "code");
        for (ErrorCode code : ErrorCode.values()) {
            failed.put(code, telemetry.counter(failures, model, lower(code)));
        }
        Metric copies = Metric.of(
                "foretoken_state_checkpoint_events_total",
                "Copies of recurrent states made, used, given up",
                MODEL,
                "event");
        for (CheckpointEvent event : CheckpointEvent.values()) {
            checkpoints.put(event, telemetry.counter(copies, model, lower(event)));
        }
        Metric lookups = Metric.of("foretoken_prefix_lookups_total", "Prefix cache lookups", MODEL, "outcome");
        for (PrefixOutcome outcome : PrefixOutcome.values()) {
            prefixOutcomes.put(outcome, telemetry.counter(lookups, model, lower(outcome)));
        }
    }

    private static String label(FinishReason reason) {
        return switch (reason) {
            case STOP_TOKEN, CONSTRAINT_COMPLETE -> "stop";
            case LENGTH -> "length";
            case CANCELLED -> "abort";
        };
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void started(long queueNanos) {
        queueTime.observe(queueNanos * NANOS);
    }

    @Override
    public void prefixLookedUp(PrefixOutcome outcome, int queried, int hit) {
        count(prefixOutcomes.get(outcome));
        prefixQueries.add(queried);
        prefixHits.add(hit);
    }

    @Override
    public void promptComputed(int tokens) {
        promptTokens.add(tokens);
    }

    @Override
    public void firstToken(long prefillNanos) {
        generationTokens.increment();
        prefillTime.observe(prefillNanos * NANOS);
    }

    @Override
    public void nextToken(long sincePreviousNanos) {
        generationTokens.increment();
        tokenGap.observe(sincePreviousNanos * NANOS);
    }

    @Override
    public void stepDone(int rows, int tokens, long nanos) {
        stepRows.observe(rows);
        stepTokens.observe(tokens);
        stepTime.observe(nanos * NANOS);
    }

    @Override
    public void preempted() {
        preemptions.increment();
    }

    @Override
    public void drafted(int proposed, int accepted) {
        drafts.increment();
        draftTokens.add(proposed);
        acceptedTokens.add(accepted);
    }

    @Override
    public void checkpoint(CheckpointEvent event) {
        count(checkpoints.get(event));
    }

    @Override
    public void prefilled(PrefillMode mode) {
        predictions.prefilled(mode);
    }

    @Override
    public void promptPredicted(int tokens) {
        predictions.promptPredicted(tokens);
    }

    @Override
    public void repairComputed(int tokens) {
        predictions.repairComputed(tokens);
    }

    @Override
    public void repaired(int generated) {
        predictions.repaired(generated);
    }

    @Override
    public void repairGivenUp() {
        predictions.repairGivenUp();
    }

    @Override
    public void finished(FinishReason reason, Usage usage) {
        count(finished.get(reason));
        decodeTime.observe(usage.timings().decodeNanos() * NANOS);
        requestPrompt.observe(usage.promptTokens());
        requestGeneration.observe(usage.completionTokens());
    }

    @Override
    public void failed(ErrorCode code) {
        count(failed.get(code));
    }

    private static void count(@Nullable Counter counter) {
        if (counter != null) {
            counter.increment();
        }
    }
}
