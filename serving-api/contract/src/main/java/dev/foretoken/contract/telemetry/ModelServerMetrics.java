package dev.foretoken.contract.telemetry;

import java.util.List;
import java.util.stream.Stream;

/**
 * The families that inference gateways and dashboards know of a model server, under the names of vLLM, which the Gateway API Inference
 * Extension reads by default. The one place that knows them: whoever shows metrics may put another prefix in the place of {@link #PREFIX}.
 * Every one of them is labelled by the model, besides what is named here. The page ends the
 * name of every counter in {@code _total}.
 */
public final class ModelServerMetrics {

    /** What all these names begin with, and no other name does. */
    public static final String PREFIX = "vllm:";

    public static final Metric WAITING = family("num_requests_waiting", "Sequences accepted and not running");
    public static final Metric RUNNING = family("num_requests_running", "Sequences running");
    public static final Metric CACHE_USAGE = family("kv_cache_usage_perc", "Share of cache blocks in use, 0 to 1");
    public static final Metric CACHE_CONFIG =
            family("cache_config_info", "Shape of the cache", "block_size", "num_gpu_blocks", "cache_dtype");
    public static final Metric PROMPT_TOKENS = family("prompt_tokens_total", "Prompt tokens computed");
    public static final Metric GENERATION_TOKENS = family("generation_tokens_total", "Tokens generated");
    public static final Metric PREFIX_QUERIES = family("prefix_cache_queries", "Prompt tokens looked up");
    public static final Metric PREFIX_HITS = family("prefix_cache_hits", "Prompt tokens found in the prefix cache");
    public static final Metric PREEMPTIONS = family("num_preemptions_total", "Sequences preempted");
    public static final Metric DRAFTS = family("spec_decode_num_drafts", "Drafts verified", "source");
    public static final Metric DRAFT_TOKENS = family("spec_decode_num_draft_tokens", "Tokens proposed", "source");
    public static final Metric ACCEPTED_TOKENS =
            family("spec_decode_num_accepted_tokens", "Proposed tokens accepted", "source");
    public static final Metric QUEUE_TIME = family("request_queue_time_seconds", "Time in the queue");
    public static final Metric PREFILL_TIME = family("request_prefill_time_seconds", "First step to first token");
    public static final Metric DECODE_TIME = family("request_decode_time_seconds", "First to last token");
    public static final Metric TOKEN_GAP = family("inter_token_latency_seconds", "Time between two tokens");
    public static final Metric REQUEST_PROMPT = family("request_prompt_tokens", "Prompt length");
    public static final Metric REQUEST_GENERATION = family("request_generation_tokens", "Answer length");
    public static final Metric TIME_TO_FIRST_TOKEN =
            family("time_to_first_token_seconds", "Arrival at the edge to the first token");
    public static final Metric REQUEST_LATENCY =
            family("e2e_request_latency_seconds", "Arrival at the edge to the last token of all choices");
    public static final Metric ENDED =
            family("request_success_total", "Choices that ended, by reason", "finished_reason");

    /**
     * Which adapters there is room and work for. Not labelled by the model: readers do not ask for it.
     *
     * <p>{@code max_lora}: how many the model takes; {@code running_lora_adapters}, {@code waiting_lora_adapters}: names, separated by commas.
     * The value is the time in seconds since 1970: readers take the newest of several.
     */
    public static final Metric ADAPTERS = Metric.of(
            PREFIX + "lora_requests_info",
            "Adapters with accepted requests; the value is the time",
            "max_lora",
            "running_lora_adapters",
            "waiting_lora_adapters");

    private ModelServerMetrics() {}

    private static Metric family(String name, String help, String... labels) {
        return new Metric(
                PREFIX + name,
                help,
                Stream.concat(Stream.of("model_name"), List.of(labels).stream()).toList());
    }
}
