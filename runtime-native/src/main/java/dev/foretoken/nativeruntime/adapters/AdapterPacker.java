package dev.foretoken.nativeruntime.adapters;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.LowRankPair;
import dev.foretoken.nativeruntime.kernels.layout.LowRankProduct;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Packs the matrices of an adapter. Parts of a module that share an input share its {@code down}, uses of one view share both. */
final class AdapterPacker {

    private final Arena arena;
    private final Map<LowRankProduct, LowRankPair> pairs = new HashMap<>();
    private long bytes;
    private int rank;

    /** What is packed lives in {@code arena}, which the result owns. */
    AdapterPacker(Arena arena) {
        this.arena = arena;
    }

    PackedAdapter pack(Collection<AdapterPair> modules) {
        for (AdapterPair pair : modules) {
            rank = Math.max(rank, pair.rank());
            pack(pair);
        }
        return new PackedAdapter(arena, pairs, rank, bytes);
    }

    /** Which columns of {@code down}, kept how. */
    private record Inputs(int first, int count, FloatType type) {}

    private void pack(AdapterPair pair) {
        float[] down = floats(pair.down());
        float[] up = floats(pair.up());
        Map<Inputs, DensePanels> downs = new HashMap<>();
        Map<MatrixRef, DensePanels> ups = new HashMap<>();
        for (AdapterPlace place : pair.module().places()) {
            Inputs inputs = new Inputs(place.firstInput(), place.matrix().columns(), place.type());
            DensePanels below = downs.computeIfAbsent(
                    inputs, key -> down(down, pair.module().inputs(), pair.rank(), key));
            DensePanels above = ups.computeIfAbsent(place.matrix(), key -> up(up, pair.rank(), place));
            pairs.put(place.product(), new LowRankPair(below, above, pair.scale()));
        }
    }

    private DensePanels down(float[] all, int width, int rows, Inputs inputs) {
        float[] picked = new float[rows * inputs.count()];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(all, row * width + inputs.first(), picked, row * inputs.count(), inputs.count());
        }
        return panels(picked, rows, inputs.count(), inputs.type());
    }

    private DensePanels up(float[] all, int columns, AdapterPlace place) {
        int[] rows = place.outputs();
        float[] picked = new float[rows.length * columns];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(all, rows[row] * columns, picked, row * columns, columns);
        }
        return panels(picked, rows.length, columns, place.type());
    }

    private DensePanels panels(float[] values, int rows, int columns, FloatType type) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment data = scratch.allocate((long) values.length * Float.BYTES, 64);
            MemorySegment.copy(values, 0, data, java.lang.foreign.ValueLayout.JAVA_FLOAT, 0, values.length);
            DensePanels packed = DensePanels.pack(new RowTable(FloatType.F32, data, rows, columns), type, arena);
            bytes += packed.bytes();
            return packed;
        }
    }

    private static float[] floats(StoredTensor tensor) {
        int rows = (int) (long) tensor.shape().getFirst();
        int columns = (int) (long) tensor.shape().getLast();
        float[] values = new float[Math.multiplyExact(rows, columns)];
        float[] row = new float[columns];
        RowTable table = tensor.table(rows, columns);
        for (int i = 0; i < rows; i++) {
            table.read(i, row);
            System.arraycopy(row, 0, values, i * columns, columns);
        }
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT,
                        "Tensor %s of the adapter has %s in row %d; its numbers must be finite"
                                .formatted(tensor.name(), values[i], i / columns));
            }
        }
        return values;
    }
}
