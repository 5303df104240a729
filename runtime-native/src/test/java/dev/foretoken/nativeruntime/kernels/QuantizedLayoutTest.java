package dev.foretoken.nativeruntime.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelRows;
import dev.foretoken.nativeruntime.kernels.layout.CodeBook;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of quantized panels, written down a second time; C reads them by the same description. */
class QuantizedLayoutTest {
    private static final String FORMATS = "dev.foretoken.nativeruntime.kernels.RandomCodes#formats";
    private static final int ROWS = 21;

    @ParameterizedTest
    @MethodSource(FORMATS)
    void holdsEveryWeightThatWasPacked(BlockFormat format) {
        try (KernelCase data = new KernelCase(1)) {
            RandomCodes source = RandomCodes.of(format, ROWS, 3 * format.block(), data.random);
            BlockPanels packed = BlockPanels.pack(source, data.arena);
            for (int row = 0; row < ROWS; row++) {
                for (int k = 0; k < source.columns(); k++) {
                    if (packed.at(row, k) != source.weight(row, k)) {
                        assertThat((double) packed.at(row, k))
                                .as("%d, %d", row, k)
                                .isEqualTo(source.weight(row, k));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(FORMATS)
    void liesInMemoryAsDescribed(BlockFormat format) {
        try (KernelCase data = new KernelCase(2)) {
            RandomCodes source = RandomCodes.of(format, ROWS, 3 * format.block(), data.random);
            BlockPanels packed = BlockPanels.pack(source, data.arena);
            MemorySegment bytes = packed.panels();
            int scaleBytes = format.scaleType() == FloatType.F32 ? 4 : 2;
            int head = 16 * scaleBytes * (format.minimum() ? 2 : 1);
            int blockBytes = head + 2 * format.bits() * format.block();
            assertThat(bytes.byteSize()).isEqualTo(2L * 3 * blockBytes);
            assertThat(bytes.address() % 64).isZero();
            for (int row = 0; row < 32; row++) {
                for (int b = 0; b < 3; b++) {
                    MemorySegment block = bytes.asSlice((long) (row / 16 * 3 + b) * blockBytes, blockBytes);
                    float scale = format.scaleType().load(block, row % 16);
                    assertThat(scale).isEqualTo(row < ROWS ? source.scales()[row][b] : 0);
                    if (format.minimum()) {
                        assertThat(format.scaleType().load(block, 16 + row % 16))
                                .isEqualTo(row < ROWS ? source.minimums()[row][b] : 0);
                    }
                    for (int k = 0; k < format.block(); k++) {
                        int expected = row < ROWS ? source.code(row, b * format.block() + k) : padding(format);
                        assertThat(code(format, block.asSlice(head), row % 16, k))
                                .isEqualTo(expected);
                    }
                }
            }
        }
    }

    private static int padding(BlockFormat format) {
        boolean signed = format.book() == CodeBook.LINEAR || format.book() == CodeBook.IQ4NL;
        return format.bits() == 8 ? 128 : signed ? 8 : 0;
    }

    private static int code(BlockFormat format, MemorySegment codes, int lane, int k) {
        if (format.bits() == 8) {
            return codes.get(ValueLayout.JAVA_BYTE, k / 4 * 64 + lane * 4 + k % 4) & 0xff;
        }
        int pair = codes.get(ValueLayout.JAVA_BYTE, k / 8 * 64 + lane * 4 + k % 4) & 0xff;
        return k % 8 < 4 ? pair & 15 : pair >> 4;
    }

    @Test
    void codesStandForWhatTheirBooksSay() {
        assertThat(BlockFormat.Q8_0.value(1)).isEqualTo(-127);
        assertThat(BlockFormat.Q8_0.value(255)).isEqualTo(127);
        assertThat(BlockFormat.Q4_0.value(0)).isEqualTo(-8);
        assertThat(BlockFormat.grouped4(32).value(15)).isEqualTo(15);
        assertThat(CodeBook.IQ4NL.table())
                .containsExactly(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);
        assertThat(CodeBook.MXFP4.table()).containsExactly(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);
    }

    @Test
    void channelsLieInMemoryAsDescribed() {
        try (KernelCase data = new KernelCase(3)) {
            int columns = 13;
            RandomCodes codes = RandomCodes.of(BlockFormat.Q8_0, ROWS, 32, data.random);
            ChannelRows source = new ChannelRows() {
                @Override
                public int rows() {
                    return ROWS;
                }

                @Override
                public int columns() {
                    return columns;
                }

                @Override
                public float read(int row, byte[] into) {
                    System.arraycopy(codes.codes()[row], 0, into, 0, columns);
                    return codes.scales()[row][0];
                }
            };
            ChannelPanels packed = ChannelPanels.pack(source, data.arena);
            assertThat(packed.panels().byteSize()).isEqualTo(2 * 16 * 16);
            for (int row = 0; row < 32; row++) {
                assertThat(FloatType.F32.load(packed.scales(), row)).isEqualTo(row < ROWS ? codes.scales()[row][0] : 0);
                for (int k = 0; k < 16; k++) {
                    int at = row / 16 * 256 + k / 4 * 64 + row % 16 * 4 + k % 4;
                    int expected = row < ROWS && k < columns ? codes.code(row, k) : 128;
                    assertThat(packed.panels().get(ValueLayout.JAVA_BYTE, at) & 0xff)
                            .isEqualTo(expected);
                    if (row < ROWS && k < columns) {
                        assertThat((double) packed.at(row, k)).isEqualTo(codes.weight(row, k));
                    }
                }
            }
        }
    }

    @Test
    void refusesShapesThatDoNotFit() {
        try (KernelCase data = new KernelCase(4)) {
            MemorySegment memory = data.arena.allocate(1 << 16, 64);
            assertThatThrownBy(() -> new BlockPanels(BlockFormat.Q8_0, memory, 16, 48))
                    .hasMessage("columns=48, must be a multiple of the block of 32");
            assertThatThrownBy(() -> new BlockPanels(BlockFormat.Q4_0, memory.asSlice(0, 575), 16, 64))
                    .hasMessage("panels has 575 bytes, needs 576");
            assertThatThrownBy(() -> new BlockFormat(5, 32, FloatType.F16, false, CodeBook.LINEAR))
                    .hasMessage("bits=5, must be 4 or 8");
            assertThatThrownBy(() -> new BlockFormat(4, 48, FloatType.F16, false, CodeBook.LINEAR))
                    .hasMessage("block=48, must be 16, 32, 64 or 128");
            assertThatThrownBy(() -> new BlockFormat(8, 32, FloatType.F16, false, CodeBook.UNSIGNED))
                    .hasMessage("book=UNSIGNED with 8 bits, must be LINEAR");
            assertThatThrownBy(() -> ChannelPanels.allocate(1, 131_073, data.arena))
                    .hasMessage("columns=131073, must be at most 131072");
        }
    }
}
