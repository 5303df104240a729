package dev.foretoken.registry.safetensors;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The index of a checkpoint of several files: which file has which tensor.
 *
 * @param fileOf by tensor; every name is that of a *.safetensors file beside the index
 */
public record ShardIndex(Map<String, String> fileOf) {

    /** How the names of such files end. */
    public static final String SUFFIX = ".safetensors.index.json";

    /** More of an index is not read. */
    public static final long MAX_BYTES = 64L << 20;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    public ShardIndex {
        fileOf = Map.copyOf(fileOf);
    }

    /**
     * Parses and checks.
     *
     * @param name of the index, for messages
     * @throws ForetokenException MODEL_FILE_CORRUPT, also where it names a file elsewhere
     */
    public static ShardIndex parse(String name, byte[] json) {
        Map<String, String> files = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : weightMap(name, json).properties()) {
            if (!entry.getValue().isTextual()) {
                throw corrupt(
                        name + " is damaged: the file of tensor " + shortened(entry.getKey()) + " is not a string");
            }
            if (!isPlainName(entry.getValue().textValue())) {
                throw corrupt(name
                        + " names a file that is not a plain *.safetensors name in the model's directory: "
                        + shortened(entry.getValue().textValue()));
            }
            files.put(entry.getKey(), entry.getValue().textValue());
        }
        return new ShardIndex(files);
    }

    private static JsonNode weightMap(String name, byte[] json) {
        try {
            JsonNode map = JSON.readTree(json).path("weight_map");
            if (!map.isObject() || map.isEmpty()) {
                throw corrupt(name + " is damaged: it has no weight_map");
            }
            return map;
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, name + " is not valid JSON", e);
        }
    }

    /** Whether this is the name of a safetensors file and cannot lead to another folder, on any system. */
    public static boolean isPlainName(String name) {
        return name.length() <= 255
                && name.endsWith(SafetensorsHeader.SUFFIX)
                && !name.startsWith(".")
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ' || c == 0x7F);
    }

    private static String shortened(String text) {
        return text.length() <= 120 ? text : text.substring(0, 120) + "...";
    }

    private static ForetokenException corrupt(String message) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, message);
    }
}
