package dev.foretoken.nativeruntime.quantizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.nativeruntime.algebra.Workers;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is what compressed-tensors writes of the same weights, and reads as it reads it. */
final class StoredCodesTest {

    private static JsonNode cases() throws IOException {
        try (InputStream file = StoredCodesTest.class.getResourceAsStream("packed-codes.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(file)).get("cases");
        }
    }

    private static Map<String, StoredTensor> written(StoredCodes form, CodedMatrix coded) {
        Map<String, StoredTensor> tensors = new HashMap<>();
        form.tensors("w", coded).forEach(tensor -> tensors.put(tensor.name(), tensor));
        return tensors;
    }

    private static CodedMatrix coded(float[] weights, int columns, GroupFormat format) {
        try (Workers workers = Workers.of(1)) {
            return NearestCodes.of(weights, columns, LevelSearch.range(format), null, workers);
        }
    }

    private static float[] floats(JsonNode list) {
        float[] numbers = new float[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) list.get(i).asDouble();
        }
        return numbers;
    }

    private static void requireInts(StoredTensor tensor, JsonNode expected) {
        assertThat(tensor.data().byteSize()).isEqualTo(4L * expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(tensor.data().get(ValueLayout.JAVA_INT_UNALIGNED, 4L * i))
                    .as("%s word %d", tensor.name(), i)
                    .isEqualTo(expected.get(i).asInt());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void writesWhatTheOtherToolWrites(int index) throws IOException {
        JsonNode expected = cases().get(index);
        int columns = expected.get("columns").asInt();
        GroupFormat format = Correlated.format(
                expected.get("bits").asInt(),
                expected.get("group").asInt(),
                expected.get("symmetric").asBoolean());
        CodedMatrix coded = coded(floats(expected.get("weight")), columns, format);
        Map<String, StoredTensor> tensors = written(new StoredCodes(true), coded);
        assertThat(Vectors.numbers(Objects.requireNonNull(tensors.get("w_scale"))))
                .isEqualTo(floats(expected.get("scale")));
        requireInts(Objects.requireNonNull(tensors.get("w_packed")), expected.get("packed"));
        if (format.symmetric()) {
            assertThat(tensors).doesNotContainKey("w_zero_point");
        } else {
            requireInts(Objects.requireNonNull(tensors.get("w_zero_point")), expected.get("zero_point"));
        }
        assertThat(coded.decoded()).isEqualTo(floats(expected.get("decoded")));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void readsBackWhatItWrote(int index) throws IOException {
        JsonNode given = cases().get(index);
        int columns = given.get("columns").asInt();
        GroupFormat format = Correlated.format(
                given.get("bits").asInt(),
                given.get("group").asInt(),
                given.get("symmetric").asBoolean());
        CodedMatrix coded = coded(floats(given.get("weight")), columns, format);
        StoredCodes form = new StoredCodes(true);
        CodedMatrix read = form.read(new MatrixRef("w", coded.rows(), columns), format, written(form, coded));
        assertThat(read.codes()).isEqualTo(coded.codes());
        assertThat(read.levels()).isEqualTo(coded.levels());
    }

    @Test
    void plainCodesAreSignedBytes() {
        float[] weights = {127.5f, -127.5f, 0, 3, 1, 1, -1, 0.25f};
        CodedMatrix coded = coded(weights, 4, Correlated.format(8, 0, true));
        StoredCodes form = new StoredCodes(false);
        Map<String, StoredTensor> tensors = written(form, coded);
        assertThat(tensors).containsOnlyKeys("w", "w_scale");
        byte[] bytes = Objects.requireNonNull(tensors.get("w")).data().toArray(ValueLayout.JAVA_BYTE);
        assertThat(bytes).startsWith(127, -128, 0, 3);
        CodedMatrix read = form.read(new MatrixRef("w", 2, 4), coded.format(), tensors);
        assertThat(read.decoded()).isEqualTo(coded.decoded());
    }
}
