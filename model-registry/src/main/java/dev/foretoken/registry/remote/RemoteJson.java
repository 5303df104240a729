package dev.foretoken.registry.remote;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;

/** Other services' JSON: unknown fields are theirs, but size, depth and number of tokens have bounds. */
public final class RemoteJson {

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(64)
                            .maxNumberLength(64)
                            .maxNameLength(4096)
                            .maxStringLength(1 << 20)
                            .maxTokenCount(2_000_000)
                            .build())
                    .build())
            .build();

    private RemoteJson() {}

    /**
     * The object in {@code bytes}.
     *
     * @param what begins the message
     * @throws ForetokenException SOURCE_UNAVAILABLE for anything else: whoever answers does not speak the protocol
     */
    public static JsonNode object(String what, byte[] bytes) {
        try {
            JsonNode root = JSON.readTree(bytes);
            if (root != null && root.isObject()) {
                return root;
            }
        } catch (IOException e) {
            // Said below.
        }
        throw new ForetokenException(
                ErrorCode.SOURCE_UNAVAILABLE, what + " is not a JSON object; is the address right?");
    }
}
