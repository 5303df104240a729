package dev.foretoken.registry.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SafetensorsHeaderTest {

    private static Map<String, TensorEntry> parse(String json, long dataBytes) {
        return SafetensorsHeader.parse("x.safetensors", json.getBytes(StandardCharsets.UTF_8), dataBytes)
                .tensors();
    }

    @Test
    void readsTensorsInAnyOrderAndSkipsMetadata() {
        String json = """
                {"__metadata__": {"format": "pt"},
                 "b": {"dtype": "F32", "shape": [], "data_offsets": [4, 8]},
                 "none": {"dtype": "I64", "shape": [3, 0], "data_offsets": [4, 4]},
                 "a": {"dtype": "BF16", "shape": [1, 2], "data_offsets": [0, 4]}}   \
                """;
        assertThat(parse(json, 8))
                .containsEntry("a", new TensorEntry("a", TensorType.BF16, List.of(1L, 2L), 0, 4))
                .containsEntry("b", new TensorEntry("b", TensorType.F32, List.of(), 4, 8))
                .containsKey("none")
                .hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | tensors end at byte 0 of 8",
                "[] | not a JSON object",
                "{ | not valid JSON",
                "{}{} | not valid JSON",
                "{'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}, 'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}} | not valid JSON",
                "{'a': {'dtype': 'F33', 'shape': [2], 'data_offsets': [0, 8]}} | unknown dtype F33",
                "{'a': {'shape': [2], 'data_offsets': [0, 8]}} | unknown dtype absent",
                "{'a': {'dtype': 'F32', 'shape': 2, 'data_offsets': [0, 8]}} | no shape list",
                "{'a': {'dtype': 'F32', 'shape': [-2], 'data_offsets': [0, 8]}} | not a size",
                "{'a': {'dtype': 'F32', 'shape': [2.0], 'data_offsets': [0, 8]}} | not a size",
                "{'a': {'dtype': 'F32', 'shape': [99999999999999999999], 'data_offsets': [0, 8]}} | not a size",
                "{'a': {'dtype': 'F32', 'shape': [2]}} | no data_offsets list",
                "{'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8, 8]}} | 3 offsets",
                "{'a': {'dtype': 'F32', 'shape': [1,1,1,1,1,1,1,1,2], 'data_offsets': [0, 8]}} | 9 dimensions",
                "{'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [8, 0]}} | lies at bytes 8 to 0 of 8",
                "{'a': {'dtype': 'F32', 'shape': [3], 'data_offsets': [0, 12]}} | lies at bytes 0 to 12 of 8",
                "{'a': {'dtype': 'F32', 'shape': [3], 'data_offsets': [0, 8]}} | takes 12",
                "{'a': {'dtype': 'F32', 'shape': [4294967296, 4294967296], 'data_offsets': [0, 8]}} | more than a file can have",
                "{'a': {'dtype': 'F32', 'shape': [1], 'data_offsets': [4, 8]}} | begins at byte 4, must begin at 0",
                "{'a': {'dtype': 'F32', 'shape': [1], 'data_offsets': [0, 4]}} | end at byte 4 of 8",
                "{'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}, 'b': {'dtype': 'F32', 'shape': [1], 'data_offsets': [4, 8]}} | overlap or leave a hole",
                "{'a': 1} | unknown dtype absent",
            })
    void refusesDamagedHeaders(String json, String message) {
        assertThatThrownBy(() -> parse(json.replace('\'', '"'), 8))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT))
                .hasMessageStartingWith("x.safetensors is damaged")
                .hasMessageContaining(message);
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        assertThatThrownBy(() -> SafetensorsHeader.parse("x", new byte[] {'{', (byte) 0xFF, '}'}, 0))
                .hasMessageContaining("not valid JSON");
    }

    @Test
    void refusesNestingThatWouldExhaustTheStack() {
        assertThatThrownBy(() -> parse("[".repeat(200_000), 0)).hasMessageContaining("not valid JSON");
    }
}
