package dev.foretoken.registry.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GgufFileTest {

    @TempDir
    private Path folder;

    private GgufFile open(byte[] bytes) throws IOException {
        return GgufFile.open(Files.write(folder.resolve("model.gguf"), bytes));
    }

    private void refuses(GgufWriter writer, ErrorCode code, String message) {
        refuses(writer.bytes(), code, message);
    }

    private void refuses(byte[] bytes, ErrorCode code, String message) {
        assertThatThrownBy(() -> open(bytes))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining("model.gguf")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void readsEveryKindOfValue(int version) throws IOException {
        try (GgufFile file = open(SampleFile.writer().version(version).bytes())) {
            GgufMetadata metadata = file.metadata();
            assertThat(file.version()).isEqualTo(version);
            assertThat(metadata.requiredText("general.architecture")).isEqualTo("llama");
            assertThat(metadata.integer("int8", -128, 127)).isEqualTo(-3);
            assertThat(metadata.integer("int16", -1000, 1000)).isEqualTo(-300);
            assertThat(metadata.integer("uint32", 0, 100_000)).isEqualTo(70_000);
            assertThat(metadata.value("uint64")).contains(new GgufValue.Whole(ValueType.UINT64, Long.MAX_VALUE));
            assertThat(metadata.number("float32", 0)).isEqualTo(0.5);
            assertThat(metadata.number("float64", 0)).isEqualTo(-0.25);
            assertThat(metadata.number("uint32", 0)).isEqualTo(70_000);
            assertThat(metadata.flag("flag", false)).isTrue();
            assertThat(metadata.texts("texts")).containsExactly("a", "", "größer");
            assertThat(metadata.numbers("ints")).containsExactly(1, -2, 3);
            assertThat(metadata.numbers("floats")).containsExactly(1.5, -2);
            assertThat(metadata.numbers("bytes")).containsExactly(1, 255);
        }
    }

    @Test
    void readsAbsentValuesAsTheirDefaults() throws IOException {
        try (GgufFile file = open(SampleFile.writer().bytes())) {
            GgufMetadata metadata = file.metadata();
            assertThat(metadata.integer("absent", 1, 2, 7)).isEqualTo(7);
            assertThat(metadata.number("absent", 2.5)).isEqualTo(2.5);
            assertThat(metadata.flag("absent", true)).isTrue();
            assertThat(metadata.text("absent")).isEmpty();
            assertThat(metadata.texts("absent")).isEmpty();
            assertThat(metadata.numbers("absent")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 32, 4096})
    void findsTensorsAtEveryAlignment(int alignment) throws IOException {
        try (GgufFile file = open(SampleFile.writer().alignment(alignment).bytes())) {
            assertThat(file.tensors().keySet()).containsExactly("plain", "coded", "vector");
            GgufTensor coded = file.tensor("coded").orElseThrow();
            assertThat(coded.dimensions()).containsExactly(32L, 2L);
            assertThat(coded.offset() % alignment).isZero();
            assertThat(file.bytesOf(coded).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(SampleFile.data(68));
            GgufTensor vector = file.tensor("vector").orElseThrow();
            assertThat(vector.isVector(5)).isTrue();
            assertThat(file.bytesOf(vector).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(SampleFile.data(10));
        }
    }

    @Test
    void namesKeyAndRangeOfAValueThatIsNotWhatItShouldBe() throws IOException {
        try (GgufFile file = open(SampleFile.writer().bytes())) {
            assertThatThrownBy(() -> file.metadata().integer("uint32", 0, 10))
                    .hasMessageContaining("uint32 = 70000, must be a whole number in [0, 10]");
            assertThatThrownBy(() -> file.metadata().integer("general.architecture", 0, 10))
                    .hasMessageContaining("a string of 5 bytes");
            assertThatThrownBy(() -> file.metadata().flag("uint32", false)).hasMessageContaining("true or false");
            assertThatThrownBy(() -> file.metadata().texts("ints")).hasMessageContaining("a list of strings");
            assertThatThrownBy(() -> file.metadata().requiredText("nothing")).hasMessageContaining("has no nothing");
        }
    }

    @Test
    void saysWhatItFoundWhereItIsNoGgufFileItReads() {
        refuses("safetensors?".getBytes(), ErrorCode.MODEL_FILE_CORRUPT, "begins with 0x65666173");
        refuses(new byte[0], ErrorCode.MODEL_FILE_CORRUPT, "0 are left");
        refuses(SampleFile.writer().version(1), ErrorCode.MODEL_UNSUPPORTED, "version 1; supported are 2 and 3");
        refuses(SampleFile.writer().version(3 << 24), ErrorCode.MODEL_UNSUPPORTED, "big-endian");
        refuses(SampleFile.writer().put("split.count", 4), ErrorCode.MODEL_UNSUPPORTED, "one of 4 parts");
    }

    @Test
    void refusesTensorsThatAreNotWhereOrWhatTheTableSays() {
        GgufWriter cut = new GgufWriter().tensor("t", GgmlType.F32, new byte[36], 10);
        refuses(cut, ErrorCode.MODEL_FILE_CORRUPT, "tensor t has 40 bytes at offset 0");
        GgufWriter ragged = new GgufWriter().tensor("t", GgmlType.Q4_K, new byte[144], 255);
        refuses(ragged, ErrorCode.MODEL_FILE_CORRUPT, "a multiple of 256");
        GgufWriter vast = new GgufWriter().tensor("t", GgmlType.F32, new byte[4], 1L << 40, 1L << 40);
        refuses(vast, ErrorCode.MODEL_FILE_CORRUPT, "more than a file can hold");
        GgufWriter empty = new GgufWriter().tensor("t", GgmlType.F32, new byte[4], 0);
        refuses(empty, ErrorCode.MODEL_FILE_CORRUPT, "must be at least 1");
        GgufWriter overlapping = new GgufWriter()
                .tensor("a", GgmlType.F32, new byte[32], 16)
                .tensor("b", GgmlType.F32, new byte[64], 16);
        refuses(overlapping, ErrorCode.MODEL_FILE_CORRUPT, "a and b overlap");
    }

    @Test
    void refusesAnAlignmentThatIsNoPowerOfTwo() {
        refuses(SampleFile.writer().put("general.alignment", 48), ErrorCode.MODEL_FILE_CORRUPT, "power of two");
    }

    @Test
    void refusesArraysNestedWithoutEnd() {
        Object nested = List.of("x");
        for (int i = 0; i < 8; i++) {
            nested = List.of(nested);
        }
        refuses(new GgufWriter().put("deep", nested), ErrorCode.MODEL_FILE_CORRUPT, "nested more than");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThatThrownBy(() -> GgufFile.open(folder.resolve("none.gguf")))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("none.gguf cannot be read");
        assertThat(GgufFile.isAt(folder.resolve("none.gguf"))).isFalse();
    }
}
