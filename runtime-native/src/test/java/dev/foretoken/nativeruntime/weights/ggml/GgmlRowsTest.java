package dev.foretoken.nativeruntime.weights.ggml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.registry.gguf.GgmlType;
import dev.foretoken.registry.gguf.GgufFile;
import dev.foretoken.registry.gguf.GgufTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code blocks.gguf} holds random blocks of every encoding and the values that the Python package {@code gguf} gives for them. */
final class GgmlRowsTest {

    @ParameterizedTest
    @EnumSource(
            value = GgmlType.class,
            names = {
                "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS",
                "MXFP4"
            })
    void packsWeightsThatAreBitForBitThoseOfTheReference(GgmlType type) throws URISyntaxException {
        try (GgufFile file = GgufFile.open(fixture());
                Arena arena = Arena.ofShared()) {
            GgufTensor blocks = file.tensor(type.name()).orElseThrow();
            MemorySegment values = file.bytesOf(file.tensor(type + ".values").orElseThrow());
            int columns = Math.toIntExact(blocks.dimensions().get(0));
            int rows = Math.toIntExact(blocks.dimensions().get(1));
            GgmlRows source = GgmlRows.of(type, file.bytesOf(blocks), rows, columns, HeadRows.IN_ORDER);
            BlockPanels packed = BlockPanels.pack(source, arena);
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    float expected = FloatType.F32.load(values, (long) row * columns + column);
                    assertThat(packed.at(row, column) + 0f)
                            .as("%s [%d, %d]", type, row, column)
                            .isEqualTo(expected + 0f);
                }
            }
        }
    }

    private static Path fixture() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(GgmlRowsTest.class.getResource("blocks.gguf"))
                .toURI());
    }

    @Test
    void keepsTheLeastByte() {
        byte[] block = new byte[GgmlType.Q8_0.blockBytes()];
        block[5] = Byte.MIN_VALUE;
        GgmlRows rows = GgmlRows.of(GgmlType.Q8_0, MemorySegment.ofArray(block), 1, 32, HeadRows.IN_ORDER);
        byte[] codes = new byte[32];
        rows.read(0, codes, new float[1], new float[1]);
        assertThat(codes[3]).isZero();
        assertThat(codes[4]).isEqualTo((byte) 128);
    }

    @Test
    void putsTheHalvesOfInterleavedHeadsBack() {
        HeadRows order = new HeadRows(6);
        int[] stored = new int[12];
        for (int row = 0; row < stored.length; row++) {
            stored[row] = order.stored(row);
        }
        assertThat(stored).containsExactly(0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11);
        assertThat(HeadRows.IN_ORDER.stored(5)).isEqualTo(5);
    }
}
