package dev.foretoken.bench.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.bench.client.CancelPoint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Makes the requests of a run. Request {@code i} depends on the seeds and {@code i} only, not on timing or threads. */
final class Workload {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final int LONGEST_PATIENCE_MILLIS = 200;

    private final WorkloadShape shape;

    Workload(WorkloadShape shape) {
        this.shape = shape;
    }

    RequestPlan request(int index) {
        SplittableRandom random = new SplittableRandom(shape.seed() + (index + 1) * GOLDEN_GAMMA);
        int input = Math.max(shape.sharedPrefix() + 1, shape.input().sample(random));
        int output = shape.output().sample(random);
        Intent intent = intent(output, random);
        ObjectNode json = body(index, input, output);
        return new RequestPlan(index, intent, bytes(json, intent), input, output);
    }

    private Intent intent(int output, RandomGenerator random) {
        double draw = random.nextDouble();
        if (draw < shape.malformedFraction()) {
            Mistake[] mistakes = Mistake.values();
            return new Intent.Malformed(mistakes[random.nextInt(mistakes.length)]);
        }
        if (draw < shape.malformedFraction() + shape.cancelFraction()) {
            boolean early = random.nextInt(4) == 0;
            return new Intent.Cancel(
                    early
                            ? new CancelPoint.AfterDelay(Duration.ofMillis(random.nextInt(LONGEST_PATIENCE_MILLIS)))
                            : new CancelPoint.AfterTokens(random.nextInt(1, output + 1)));
        }
        return new Intent.Whole();
    }

    private ObjectNode body(int index, int input, int output) {
        ObjectNode json = JSON.createObjectNode().put("model", shape.model());
        prompt(json, input, index);
        json.put("max_tokens", output).put("stream", true).put("seed", shape.seed() + index);
        json.putObject("stream_options").put("include_usage", true);
        if (shape.temperature() != null) {
            json.put("temperature", shape.temperature());
        }
        shape.prefill().addTo(json);
        if (shape.ignoreEos()) {
            json.put("ignore_eos", true);
        }
        if (shape.returnTokenIds()) {
            json.put("return_token_ids", true);
        }
        return json;
    }

    private void prompt(ObjectNode json, int length, int index) {
        RandomGenerator shared = new SplittableRandom(shape.promptSeed());
        // Split off: the generators of two requests are a step of one sequence apart, and so would be their prompts.
        RandomGenerator random = new SplittableRandom(shape.promptSeed() + (index + 1) * GOLDEN_GAMMA).split();
        int prefix = shape.sharedPrefix();
        if (shape.vocabulary() > 0) {
            ArrayNode ids = json.putArray("prompt");
            for (int i = 0; i < length; i++) {
                ids.add(ordinaryToken(i < prefix ? shared : random));
            }
            return;
        }
        String words = Words.sentence(length - prefix, random);
        String text = prefix == 0 ? words : Words.sentence(prefix, shared) + " " + words;
        if (shape.endpoint() == Endpoint.COMPLETIONS) {
            json.put("prompt", text);
        } else {
            json.putArray("messages").addObject().put("role", "user").put("content", text);
        }
    }

    /** Vocabularies keep special tokens at either end, so both ends are left out. */
    private int ordinaryToken(RandomGenerator random) {
        return random.nextInt(shape.vocabulary() / 8, shape.vocabulary() * 7 / 8);
    }

    private static byte[] bytes(ObjectNode json, Intent intent) {
        if (intent instanceof Intent.Malformed malformed) {
            spoil(json, malformed.mistake());
            if (malformed.mistake() == Mistake.NOT_JSON) {
                return "{\"model\": \"unfinished".getBytes(StandardCharsets.UTF_8);
            }
        }
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree must be writable", e);
        }
    }

    private static void spoil(ObjectNode json, Mistake mistake) {
        switch (mistake) {
            case NOT_JSON -> {}
            case UNKNOWN_MODEL -> json.put("model", "no-such-model");
            case NO_PROMPT -> json.remove(List.of("prompt", "messages"));
            case WRONG_TYPE -> json.put("max_tokens", "many");
            case OUT_OF_RANGE -> json.put("top_p", -3);
        }
    }
}
