package dev.foretoken.registry.safetensors;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file (huggingface.co/docs/safetensors): a JSON object of tensors. Nothing of it is believed before it is
 * checked against the length of the data: the tensors must fill the data section exactly, without holes and without overlap.
 */
final class HeaderParser {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final String METADATA = "__metadata__";
    private static final int MAX_DIMENSIONS = 8;

    private final String file;
    private final long dataBytes;

    private HeaderParser(String file, long dataBytes) {
        this.file = file;
        this.dataBytes = dataBytes;
    }

    /**
     * Parses and checks.
     *
     * @param file its name, for messages
     * @param json the header
     * @param dataBytes length of what follows the header
     * @throws ForetokenException MODEL_FILE_CORRUPT
     */
    static Map<String, TensorEntry> parse(String file, byte[] json, long dataBytes) {
        return new HeaderParser(file, dataBytes).tensors(json);
    }

    private Map<String, TensorEntry> tensors(byte[] json) {
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : object(json).properties()) {
            if (!field.getKey().equals(METADATA)) {
                tensors.put(field.getKey(), tensor(field.getKey(), field.getValue()));
            }
        }
        requireFilled(new ArrayList<>(tensors.values()));
        return tensors;
    }

    private JsonNode object(byte[] json) {
        JsonNode root;
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
            root = JSON.readTree(text);
        } catch (CharacterCodingException | JacksonException e) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT, file + " is damaged: its header is not valid JSON", e);
        }
        if (!root.isObject()) {
            throw damaged("its header is not a JSON object");
        }
        return root;
    }

    private TensorEntry tensor(String name, JsonNode entry) {
        String dtype = entry.path("dtype").asText("absent");
        TensorType type = TensorType.named(dtype)
                .orElseThrow(() -> damaged("tensor %s has the unknown dtype %s", shortened(name), shortened(dtype)));
        List<Long> shape = numbers(name, entry.path("shape"), "shape");
        List<Long> offsets = numbers(name, entry.path("data_offsets"), "data_offsets");
        if (offsets.size() != 2 || shape.size() > MAX_DIMENSIONS) {
            throw damaged("tensor %s has %d offsets and %d dimensions", shortened(name), offsets.size(), shape.size());
        }
        TensorEntry tensor = new TensorEntry(name, type, shape, offsets.get(0), offsets.get(1));
        requireSize(tensor);
        return tensor;
    }

    private List<Long> numbers(String name, JsonNode list, String what) {
        List<Long> found = new ArrayList<>();
        for (JsonNode number : list) {
            if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
                throw damaged("tensor %s has a %s entry that is not a size", shortened(name), what);
            }
            found.add(number.longValue());
        }
        if (!list.isArray()) {
            throw damaged("tensor %s has no %s list", shortened(name), what);
        }
        return found;
    }

    private void requireSize(TensorEntry tensor) {
        if (tensor.begin() > tensor.end() || tensor.end() > dataBytes) {
            throw damaged(
                    "tensor %s lies at bytes %d to %d of %d",
                    shortened(tensor.name()), tensor.begin(), tensor.end(), dataBytes);
        }
        long expected = expectedBytes(tensor);
        if (expected != tensor.bytes()) {
            throw damaged(
                    "tensor %s has %d bytes, but its shape %s of %s takes %s",
                    shortened(tensor.name()),
                    tensor.bytes(),
                    tensor.shape(),
                    tensor.type(),
                    expected < 0 ? "more than a file can have" : Long.toString(expected));
        }
    }

    /** Bytes by shape and type; -1 when they do not fit a long. */
    private static long expectedBytes(TensorEntry tensor) {
        long bytes = tensor.type().bytes();
        try {
            for (long dimension : tensor.shape()) {
                bytes = Math.multiplyExact(bytes, dimension);
            }
        } catch (ArithmeticException overflow) {
            return -1;
        }
        return bytes;
    }

    private void requireFilled(List<TensorEntry> tensors) {
        tensors.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
        long reached = 0;
        for (TensorEntry tensor : tensors) {
            if (tensor.begin() != reached) {
                throw damaged(
                        "tensor %s begins at byte %d, must begin at %d: tensors overlap or leave a hole",
                        shortened(tensor.name()), tensor.begin(), reached);
            }
            reached = tensor.end();
        }
        if (reached != dataBytes) {
            throw damaged("its tensors end at byte %d of %d", reached, dataBytes);
        }
    }

    private static String shortened(String text) {
        return text.length() <= 120 ? text : text.substring(0, 120) + "...";
    }

    private ForetokenException damaged(String what, Object... arguments) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, file + " is damaged: " + what.formatted(arguments));
    }
}
