package dev.foretoken.registry.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ShardIndexTest {

    private static ShardIndex parse(String json) {
        return ShardIndex.parse("model.safetensors.index.json", json.getBytes(StandardCharsets.UTF_8));
    }

    private static void refuses(String json, String message) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT))
                .hasMessageContaining(message);
    }

    @Test
    void readsTheFileOfEachTensor() {
        assertThat(parse("{\"metadata\": {}, \"weight_map\": {\"a\": \"x.safetensors\", \"b\": \"y.safetensors\"}}")
                        .fileOf())
                .isEqualTo(Map.of("a", "x.safetensors", "b", "y.safetensors"));
    }

    @Test
    void refusesWhatIsNoIndex() {
        refuses("{}", "no weight_map");
        refuses("[]", "no weight_map");
        refuses("{\"weight_map\": {}}", "no weight_map");
        refuses("{\"weight_map\": {\"a\": 1}}", "not a string");
        refuses("{\"weight_map\": {\"a\": \"x.safetensors\", \"a\": \"y.safetensors\"}}", "not valid JSON");
        refuses("", "no weight_map");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../a.safetensors",
                "/etc/a.safetensors",
                "sub/a.safetensors",
                "..\\a.safetensors",
                "C:a.safetensors",
                "C:\\a.safetensors",
                "a.bin",
                "",
                ".safetensors",
                "..safetensors",
                "a\u0000.safetensors",
                "a\n.safetensors"
            })
    void refusesNamesThatCouldLeadElsewhere(String name) throws IOException {
        String json = new ObjectMapper().writeValueAsString(Map.of("weight_map", Map.of("a", name)));
        refuses(json, "not a plain *.safetensors name");
    }
}
