package dev.foretoken.nativeruntime.weights;

import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PlaceRef;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.stored.StoredForm;
import dev.foretoken.nativeruntime.weights.stored.StoredMatrix;
import dev.foretoken.nativeruntime.weights.stored.ViewedMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * BF16 weights made from their names: uniform with a variance of 1/columns; norms are 1, biases 0, before what a view adds. For measuring
 * without a checkpoint.
 */
public final class RandomWeights implements WeightSource {

    private static final FloatType TYPE = FloatType.BF16;

    /** Elements made of one random number. */
    private static final int LANES = 4;

    private static final long STEP = 0x9E37_79B9_7F4A_7C15L;

    private final String identity;

    /** {@code identity}: names what the weights are for. */
    public RandomWeights(String identity) {
        this.identity = identity;
    }

    @Override
    public void requireAllOf(ModelPlan plan) {
        // every tensor of every plan can be made
    }

    @Override
    public StoredMatrix matrix(MatrixRef ref, Arena scratch) {
        if (ref.isRowRange() && ref.view().offset() % LANES == 0) {
            return new StoredMatrix.Floats(table(ref, scratch));
        }
        StoredMatrix whole = new StoredMatrix.Floats(table(ref.whole(), ref.columns(), scratch));
        return ViewedMatrix.of(whole, ref, scratch);
    }

    /** {@code ref}: a row range. */
    RowTable table(MatrixRef ref, Arena scratch) {
        return table(ref, ref.columns(), scratch);
    }

    /** {@code inputs}: of the matrices that are made of the tensor. */
    private static RowTable table(MatrixRef ref, int inputs, Arena scratch) {
        long elements = (long) ref.rows() * ref.columns();
        MemorySegment data = scratch.allocate((elements + 3) / 4 * Long.BYTES, 64);
        long[] quarters = quantised((float) Math.sqrt(3.0 / inputs));
        long state = ref.tensor().hashCode() + ref.view().offset() / LANES * STEP;
        for (long i = 0; i < elements; i += LANES) {
            state += STEP;
            data.set(ValueLayout.JAVA_LONG, i * Short.BYTES, four(mixed(state), quarters));
        }
        return new RowTable(TYPE, data, ref.rows(), ref.columns());
    }

    /** The bf16 pattern of each of 65,536 steps between -bound and bound. */
    private static long[] quantised(float bound) {
        long[] patterns = new long[1 << 16];
        for (int i = 0; i < patterns.length; i++) {
            patterns[i] = FloatType.toBf16(bound * ((i - 32767.5f) / 32768f)) & 0xFFFFL;
        }
        return patterns;
    }

    private static long four(long bits, long[] patterns) {
        return patterns[(int) (bits & 0xFFFF)]
                | patterns[(int) (bits >>> 16 & 0xFFFF)] << 16
                | patterns[(int) (bits >>> 32 & 0xFFFF)] << 32
                | patterns[(int) (bits >>> 48)] << 48;
    }

    /** The output function of SplitMix64 (Steele 2014). */
    private static long mixed(long state) {
        long z = (state ^ (state >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }

    @Override
    public StoredForm form(MatrixRef ref) {
        return new StoredForm.Floats(TYPE);
    }

    @Override
    public MemorySegment vector(VectorRef ref, Arena arena) {
        MemorySegment floats = arena.allocate((long) ref.size() * Float.BYTES, 64);
        float value = (ref.tensor().endsWith(".bias") ? 0f : 1f) + ref.plus();
        for (int i = 0; i < ref.size(); i++) {
            FloatType.F32.store(floats, i, value);
        }
        return floats;
    }

    /** Places that are as far apart as can be, from another one on in each row. */
    @Override
    public MemorySegment places(PlaceRef ref, Arena arena) {
        MemorySegment places = arena.allocate((long) ref.rows() * ref.terms() * Integer.BYTES, 64);
        for (int row = 0; row < ref.rows(); row++) {
            for (int term = 0; term < ref.terms(); term++) {
                long place = (ref.firstRow() + row + (long) term * ref.limit() / ref.terms()) % ref.limit();
                places.setAtIndex(ValueLayout.JAVA_INT, (long) row * ref.terms() + term, (int) place);
            }
        }
        return places;
    }

    @Override
    public long bytes(MatrixRef ref) {
        return (long) ref.rows() * ref.columns() * TYPE.bytes();
    }

    @Override
    public long bytes(PlaceRef ref) {
        return (long) ref.rows() * ref.terms() * Integer.BYTES;
    }

    @Override
    public Object origin(String tensor) {
        return identity;
    }

    @Override
    public void release() {
        // nothing is mapped
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public void close() {
        // nothing is held
    }
}
