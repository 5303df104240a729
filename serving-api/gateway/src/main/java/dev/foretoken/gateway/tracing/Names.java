package dev.foretoken.gateway.tracing;

import io.opentelemetry.api.common.AttributeKey;
import java.util.List;

/** Attributes of spans: those of OpenTelemetry's conventions for generative AI, and ours where these have none. */
final class Names {

    static final AttributeKey<String> OPERATION = AttributeKey.stringKey("gen_ai.operation.name");
    static final AttributeKey<String> PROVIDER = AttributeKey.stringKey("gen_ai.provider.name");
    static final AttributeKey<String> REQUEST_MODEL = AttributeKey.stringKey("gen_ai.request.model");
    static final AttributeKey<Long> MAX_TOKENS = AttributeKey.longKey("gen_ai.request.max_tokens");
    static final AttributeKey<Long> CHOICES = AttributeKey.longKey("gen_ai.request.choice.count");
    static final AttributeKey<Long> INPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.input_tokens");
    static final AttributeKey<Long> OUTPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.output_tokens");
    static final AttributeKey<List<String>> FINISH_REASONS =
            AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");
    static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    static final AttributeKey<String> REQUEST_ID = AttributeKey.stringKey("foretoken.request_id");
    static final AttributeKey<String> ENDPOINT = AttributeKey.stringKey("foretoken.endpoint");
    static final AttributeKey<Long> CHOICE = AttributeKey.longKey("foretoken.choice");
    static final AttributeKey<Long> CACHED_TOKENS = AttributeKey.longKey("foretoken.cached_tokens");
    static final AttributeKey<String> PREFILL_MODE = AttributeKey.stringKey("foretoken.prefill_mode");

    /** Text is generated, whether it is of a chat or not. */
    static final String GENERATE = "generate_content";

    static final String US = "foretoken";

    private Names() {}
}
