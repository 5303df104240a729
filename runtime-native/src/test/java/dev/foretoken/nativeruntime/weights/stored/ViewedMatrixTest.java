package dev.foretoken.nativeruntime.weights.stored;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.ChannelRows;
import dev.foretoken.nativeruntime.kernels.layout.CodeBook;
import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import dev.foretoken.nativeruntime.kernels.layout.E4m3;
import dev.foretoken.nativeruntime.kernels.layout.E4m3Rows;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The element i of every tensor here is i. */
final class ViewedMatrixTest {

    private final Arena arena = Arena.ofShared();

    @AfterEach
    void free() {
        arena.close();
    }

    private RowTable stored(MatrixRef ref, FloatType type) {
        int elements = (int) ref.storedElements();
        MemorySegment data = arena.allocate((long) elements * type.bytes());
        for (int i = 0; i < elements; i++) {
            type.store(data, i, i);
        }
        return new RowTable(type, data, ref.whole().rows(), ref.whole().columns());
    }

    private RowTable viewed(MatrixRef ref, FloatType type) {
        StoredMatrix whole = new StoredMatrix.Floats(stored(ref, type));
        return ((StoredMatrix.Floats) ViewedMatrix.of(whole, ref, arena)).table();
    }

    private void requireElements(MatrixRef ref, IntBinaryOperator expected) {
        for (FloatType type : new FloatType[] {FloatType.F32, FloatType.F16}) {
            RowTable table = viewed(ref, type);
            assertThat(table.rows()).isEqualTo(ref.rows());
            assertThat(table.columns()).isEqualTo(ref.columns());
            for (int row = 0; row < ref.rows(); row++) {
                for (int column = 0; column < ref.columns(); column++) {
                    assertThat(table.at(row, column)).isEqualTo(expected.applyAsInt(row, column));
                }
            }
        }
    }

    @Test
    void seesRowsColumnsTransposesAndSlices() {
        MatrixRef whole = new MatrixRef("w", 6, 5);
        requireElements(whole, (r, c) -> r * 5 + c);
        requireElements(whole.rows(2, 3), (r, c) -> (r + 2) * 5 + c);
        requireElements(whole.rows(1, 2, 3), (r, c) -> (1 + 2 * r) * 5 + c);
        requireElements(whole.columns(1, 3), (r, c) -> r * 5 + c + 1);
        requireElements(whole.transposed(), (r, c) -> c * 5 + r);
        requireElements(whole.transposed().rows(1, 2, 2), (r, c) -> c * 5 + 1 + 2 * r);
        requireElements(MatrixRef.slice("w", 4, 2, 3, 5), (r, c) -> 30 + r * 5 + c);
        requireElements(MatrixRef.slice("w", 4, 3, 3, 5).transposed().rows(2, 2), (r, c) -> 45 + c * 5 + r + 2);
    }

    @Test
    void leavesRowsThatFollowOneAnotherWhereTheyLie() {
        MatrixRef ref = MatrixRef.slice("w", 4, 2, 3, 5).rows(1, 2);
        RowTable stored = stored(ref, FloatType.F32);
        StoredMatrix view = ViewedMatrix.of(new StoredMatrix.Floats(stored), ref, arena);
        MemorySegment data = ((StoredMatrix.Floats) view).table().data();
        assertThat(data.address()).isEqualTo(stored.data().address() + 35L * Float.BYTES);
    }

    private record Coded(int rows, int columns) implements CodedRows, ChannelRows {
        @Override
        public BlockFormat format() {
            return new BlockFormat(8, 16, FloatType.F32, false, CodeBook.LINEAR);
        }

        @Override
        public void read(int row, byte[] codes, float[] scales, float[] minimums) {
            scales[0] = row;
        }

        @Override
        public float read(int row, byte[] codes) {
            return row;
        }
    }

    @Test
    void picksRowsOfEncodedTensors() {
        MatrixRef ref = MatrixRef.slice("w", 2, 1, 6, 16).rows(1, 2, 3);
        Coded coded = new Coded(12, 16);
        float[] scales = new float[1];
        var blocks = (StoredMatrix.Blocks) ViewedMatrix.of(new StoredMatrix.Blocks(coded), ref, arena);
        var channels = (StoredMatrix.Channels) ViewedMatrix.of(new StoredMatrix.Channels(coded), ref, arena);
        assertThat(blocks.rows().rows()).isEqualTo(3);
        for (int row = 0; row < 3; row++) {
            blocks.rows().read(row, new byte[16], scales, new float[1]);
            assertThat(scales[0]).isEqualTo(7 + 2 * row);
            assertThat(channels.rows().read(row, new byte[16])).isEqualTo(7 + 2 * row);
        }
    }

    /** Row r of codes 128 + r with a scale of 2, the first of which is the E4M3 number 0. */
    private record Ramp(int rows, int columns) implements CodedRows, E4m3Rows {
        @Override
        public BlockFormat format() {
            return new BlockFormat(8, 16, FloatType.F32, false, CodeBook.LINEAR);
        }

        @Override
        public void read(int row, byte[] codes, float[] scales, float[] minimums) {
            Arrays.fill(scales, 2);
            for (int k = 0; k < codes.length; k++) {
                codes[k] = (byte) (128 + row + k % 2);
            }
        }

        @Override
        public int block() {
            return columns;
        }

        @Override
        public void read(int row, byte[] codes, float[] scales) {
            scales[0] = 3;
            for (int k = 0; k < codes.length; k++) {
                codes[k] = E4m3.nearest(row + k % 2);
            }
        }
    }

    @Test
    void decodesRowsOfEncodedTensorsThatAreTakenAsInputs() {
        MatrixRef ref = new MatrixRef("w", 12, 16).rows(4, 3).transposed();
        var blocks = (StoredMatrix.Floats) ViewedMatrix.of(new StoredMatrix.Blocks(new Ramp(12, 16)), ref, arena);
        var fp8 = (StoredMatrix.Floats) ViewedMatrix.of(new StoredMatrix.Fp8(new Ramp(12, 16)), ref, arena);
        assertThat(blocks.table().rows()).isEqualTo(16);
        assertThat(fp8.table().columns()).isEqualTo(3);
        for (int row = 0; row < 16; row++) {
            for (int column = 0; column < 3; column++) {
                assertThat(blocks.table().at(row, column)).isEqualTo(2 * (4 + column + row % 2));
                assertThat(fp8.table().at(row, column)).isEqualTo(3 * (4 + column + row % 2));
            }
        }
    }

    @Test
    void refusesToCutRowsOfEncodedTensors() {
        MatrixRef ref = new MatrixRef("w", 32, 32);
        String refused = "tensor w is quantized, and this model takes columns of it or has it transposed";
        assertThatThrownBy(() -> ViewedMatrix.of(new StoredMatrix.Blocks(new Coded(32, 32)), ref.columns(0, 16), arena))
                .hasMessageContaining(refused);
        assertThatThrownBy(() -> ViewedMatrix.of(new StoredMatrix.Channels(new Coded(32, 32)), ref.transposed(), arena))
                .hasMessageContaining(refused);
    }
}
