package dev.foretoken.onnxruntime.decoder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what exporters write beside a decoder: {@code genai_config.json} of ONNX Runtime GenAI's model builder, {@code config.json} of
 * transformers.
 */
public final class DecoderFolder {

    private static final long MAX_BYTES = 4 << 20;
    private static final JsonMapper JSON = new JsonMapper();
    /** Where transformers' configurations say how long a sequence may be. */
    private static final List<String> CONTEXTS =
            List.of("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length");

    /** Takes where a row's tokens end from their number, so it never sees what lies on their left as padding. */
    private static final String COUNTS_FROM_LEFT = "GroupQueryAttention";

    private final String name;
    private final long weightBytes;
    private final String numericsId;

    /** {@code weightBytes}, {@code numericsId}: as {@link DecoderFacts} have them. */
    public DecoderFolder(String name, long weightBytes, String numericsId) {
        this.name = name;
        this.weightBytes = weightBytes;
        this.numericsId = numericsId;
    }

    /**
     * Reads what there is; {@code genai_config.json} goes first.
     *
     * @param operators that the graph is made of
     * @throws ForetokenException MODEL_FILE_CORRUPT, MODEL_UNSUPPORTED
     */
    public DecoderFacts facts(Optional<Path> genAi, Optional<Path> config, Set<String> operators) {
        DecoderFacts found = genAi.map(this::genAi)
                .or(() -> config.map(this::transformers))
                .orElseGet(() -> DecoderFacts.of(name, 0, weightBytes, numericsId));
        return operators.contains(COUNTS_FROM_LEFT) ? found.unpadded() : found;
    }

    private DecoderFacts transformers(Path file) {
        JsonNode outer = read(file);
        JsonNode config = outer.path("text_config").isObject() ? outer.path("text_config") : outer;
        int context = CONTEXTS.stream()
                .mapToInt(field -> number(file, config, field))
                .filter(tokens -> tokens > 0)
                .findFirst()
                .orElse(0);
        int hidden = number(file, config, "hidden_size");
        return new DecoderFacts(name, context, hidden, false, true, PortNames.CUSTOMARY, weightBytes, numericsId);
    }

    /** GroupQueryAttention counts from the left of a row, so rows are never padded there. */
    private DecoderFacts genAi(Path file) {
        JsonNode config = read(file);
        JsonNode decoder = config.path("model").path("decoder");
        if (!decoder.isObject()) {
            throw corrupt(file, "has no model.decoder: only language models of one graph are served from it");
        }
        if (decoder.has("pipeline")) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    file.getFileName() + ": a decoder that is a pipeline of several graphs cannot be served");
        }
        int context = number(file, config.path("model"), "context_length");
        int longest = number(file, config.path("search"), "max_length");
        boolean shared = config.path("search").path("past_present_share_buffer").asBoolean(false);
        return new DecoderFacts(
                name,
                longest > 0 ? Math.min(context == 0 ? longest : context, longest) : context,
                number(file, decoder, "hidden_size"),
                shared,
                false,
                names(decoder.path("inputs"), decoder.path("outputs")),
                weightBytes,
                numericsId);
    }

    private static PortNames names(JsonNode inputs, JsonNode outputs) {
        Map<String, String> roles = new HashMap<>();
        Map<String, String> caches = new HashMap<>();
        inputs.properties().forEach(field -> {
            String key = field.getKey();
            String value = field.getValue().asText();
            if (key.startsWith("past_") && key.endsWith("_names")) {
                String present =
                        outputs.path(key.replaceFirst("past_", "present_")).asText();
                caches.put(value, present);
            } else {
                roles.put(key, value);
            }
        });
        if (outputs.path("logits").isTextual()) {
            roles.put("logits", outputs.path("logits").asText());
        }
        return new PortNames(roles, caches);
    }

    private static int number(Path file, JsonNode object, String field) {
        JsonNode value = object.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        if (!value.canConvertToInt() || value.asInt() < 1) {
            throw corrupt(file, "%s is %s, expected a positive number".formatted(field, value));
        }
        return value.asInt();
    }

    private static JsonNode read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw corrupt(file, "has %d bytes, expected at most %d".formatted(Files.size(file), MAX_BYTES));
            }
            JsonNode node = JSON.readTree(Files.readAllBytes(file));
            if (!node.isObject()) {
                throw corrupt(file, "is no JSON object");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw corrupt(file, "is no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, file.getFileName() + " cannot be read", e);
        }
    }

    private static ForetokenException corrupt(Path file, String what) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, file.getFileName() + " " + what);
    }
}
