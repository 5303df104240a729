package dev.foretoken.registry.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** What a build says about itself, as a file of the variant: errors of layers, layers kept, and the like. */
public final class BuildFacts {
    /** Beside the weights. */
    public static final String FILE = "build.json";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private BuildFacts() {}

    static byte[] bytes(JobSpec spec, BuildResult result) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("method", spec.method());
        fields.put("parameters", new TreeMap<>(spec.parameters()));
        fields.put("facts", result.facts());
        try {
            return JSON.writeValueAsBytes(fields);
        } catch (JsonProcessingException e) {
            throw new ForetokenException(
                    ErrorCode.RUNTIME_FAILED, "what the build says of itself cannot be written as JSON", e);
        }
    }
}
