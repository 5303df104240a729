package dev.foretoken.nativeruntime.kernels.vector;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.foretoken.nativeruntime.kernels.layout.ScanInputs;
import dev.foretoken.nativeruntime.kernels.layout.SelectiveScanWeights;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import dev.foretoken.nativeruntime.kernels.layout.StateLayer;
import dev.foretoken.nativeruntime.kernels.layout.TokenVectors;
import dev.foretoken.nativeruntime.kernels.scalar.Exponential;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** Mamba's scan with channels as lanes: bit for bit {@code ScalarSelectiveScan}. A task is some channels of one group and one row. */
public final class VectorSelectiveScan {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private final SelectiveScanWeights weights;
    private final StateBatch batch;
    private final StateLayer state;
    private final ScanInputs inputs;
    private final @Nullable MemorySegment gate;
    private final MemorySegment out;

    public VectorSelectiveScan(
            SelectiveScanWeights weights,
            StateBatch batch,
            StateLayer state,
            ScanInputs inputs,
            @Nullable MemorySegment gate,
            MemorySegment out) {
        this.weights = weights;
        this.batch = batch;
        this.state = state;
        this.inputs = inputs;
        this.gate = gate;
        this.out = out;
    }

    public void run(TaskThreads threads) {
        int group = weights.channels() / weights.groups();
        int pieces = Math.ceilDiv(group, LANES);
        int tasks = weights.groups() * pieces;
        threads.run(batch.rows() * tasks, task -> {
            int piece = task % tasks;
            int channel = piece / pieces * group + piece % pieces * LANES;
            scan(task / tasks, channel, Math.min(LANES, (piece / pieces + 1) * group - channel));
        });
    }

    private void scan(int row, int channel, int lanes) {
        VectorMask<Float> some = SPECIES.indexInRange(0, lanes);
        int states = weights.states();
        long slot = (long) batch.slot(row) * state.floats();
        float[] h = new float[states * LANES];
        float[] rates = new float[states * LANES];
        for (int n = 0; n < states; n++) {
            long at = (long) n * weights.channels() + channel;
            load(state.data(), slot + at, some).intoArray(h, n * LANES);
            load(weights.a(), at, some).mul(Exponential.LOG2_E).intoArray(rates, n * LANES);
        }
        FloatVector pass = load(weights.d(), channel, some);
        int maps = channel / (weights.channels() / weights.groups()) * states;
        for (int i = 0; i < batch.tokenCount(row); i++) {
            int token = batch.tokenOffset(row) + i;
            FloatVector x = load(inputs.x(), token, channel, some);
            FloatVector dt = VectorExponential.softplus(load(inputs.time(), token, channel, some));
            FloatVector y = pass.fma(x, read(h, rates, dt, dt.mul(x), token, maps));
            long at = (long) token * weights.channels() + channel;
            store(gate == null ? y : y.mul(VectorExponential.silu(load(gate, at, some))), out, at, some);
        }
        for (int n = 0; n < states; n++) {
            long at = slot + (long) n * weights.channels() + channel;
            store(FloatVector.fromArray(SPECIES, h, n * LANES), state.data(), at, some);
        }
    }

    /** Moves the states h by one token; returns what is read from them. */
    private FloatVector read(float[] h, float[] rates, FloatVector dt, FloatVector entering, int token, int maps) {
        MemorySegment b = inputs.b().data();
        MemorySegment c = inputs.c().data();
        long bAt = (long) token * inputs.b().stride() + maps;
        long cAt = (long) token * inputs.c().stride() + maps;
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int n = 0; n < weights.states(); n++) {
            int at = n * LANES;
            FloatVector decay = VectorExponential.exp2Falling(dt.mul(FloatVector.fromArray(SPECIES, rates, at)));
            FloatVector in = entering.mul(b.get(JAVA_FLOAT_UNALIGNED, bAt + n << 2));
            FloatVector moved = decay.fma(FloatVector.fromArray(SPECIES, h, at), in);
            moved.intoArray(h, at);
            sum = moved.fma(FloatVector.broadcast(SPECIES, c.get(JAVA_FLOAT_UNALIGNED, cAt + n << 2)), sum);
        }
        return sum;
    }

    private static FloatVector load(TokenVectors source, int token, int channel, VectorMask<Float> some) {
        return load(source.data(), (long) token * source.stride() + channel, some);
    }

    private static FloatVector load(MemorySegment source, long element, VectorMask<Float> some) {
        return FloatVector.fromMemorySegment(SPECIES, source, element << 2, ByteOrder.nativeOrder(), some);
    }

    private static void store(FloatVector x, MemorySegment target, long element, VectorMask<Float> some) {
        x.intoMemorySegment(target, element << 2, ByteOrder.nativeOrder(), some);
    }
}
