package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.KvMap;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.plan.PredictionPlan;
import dev.foretoken.nativeruntime.weights.PredictorWeights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fills the base's caches from what an auxiliary projects (Horton 2024), layer by layer while the auxiliary runs: what was just made is still
 * near.
 */
final class KvPredictor implements ActivationTap, AutoCloseable {

    /** All that is predicted from one attention of the auxiliary; {@code plain}: every writer is. */
    private record Group(List<Product> keys, List<Product> values, List<KvWriter> writers, boolean plain) {}

    private final Kernels kernels;
    private final RotaryTables rotary;
    private final PredictedRows rows;
    private final @Nullable Group[] groups;
    private final MemorySegment keyScratch;
    private final MemorySegment valueScratch;
    private final List<KvMap> maps = new ArrayList<>();

    /** {@code ownKinds}: cache kinds of the auxiliary; {@code limits}: of its steps. */
    KvPredictor(Prediction prediction, ComputedPart base, int ownKinds, StepLimits limits, Arena arena) {
        this.kernels = base.binding().kernels();
        this.rotary = base.binding().rotary();
        PredictionPlan plan = prediction.plan();
        this.rows = new PredictedRows(
                ownKinds, base.layout(), limits, plan.auxiliary().vocabularySize(), arena);
        MemorySegment out = kernels.allocate((long) limits.tokens() * widestGroup(plan) * Float.BYTES, arena);
        long readBytes = (long) limits.tokens() * widestRead(plan) * Float.BYTES;
        this.keyScratch = kernels.allocate(readBytes, arena);
        this.valueScratch = kernels.allocate(readBytes, arena);
        this.groups = new Group[plan.auxiliary().attentions().size()];
        for (int attention = 0; attention < groups.length; attention++) {
            groups[attention] = group(prediction, attention, base, limits.tokens(), out);
        }
    }

    private static @Nullable Group group(
            Prediction prediction, int attention, ComputedPart base, int tokens, MemorySegment out) {
        List<Product> keys = new ArrayList<>();
        List<Product> values = new ArrayList<>();
        List<KvWriter> writers = new ArrayList<>();
        List<PredictionPlan.Layer> layers = prediction.plan().layers();
        long at = 0;
        for (int i = 0; i < layers.size(); i++) {
            PredictionPlan.Layer layer = layers.get(i);
            if (layer.auxiliary() == attention) {
                long keyBytes = (long) tokens * layer.made().keyWidth() * Float.BYTES;
                MemorySegment key = out.asSlice(at, keyBytes);
                MemorySegment value =
                        out.asSlice(at + keyBytes, (long) tokens * layer.made().valueWidth() * Float.BYTES);
                at += keyBytes + value.byteSize();
                PredictorWeights.Maps maps = prediction.maps().layers().get(i);
                keys.add(new Product(maps.keys(), maps.keyBias(), key));
                values.add(new Product(maps.values(), maps.valueBias(), value));
                writers.add(base.writer(layer.base()));
            }
        }
        boolean plain = writers.stream().allMatch(KvWriter::isPlain);
        return writers.isEmpty() ? null : new Group(keys, values, writers, plain);
    }

    /** Bytes of work space. */
    static long bytes(PredictionPlan plan, StepLimits limits) {
        return (long) limits.tokens() * floatsPerToken(plan) * Float.BYTES;
    }

    /** Floats that are held for each token of a step. */
    static int floatsPerToken(PredictionPlan plan) {
        return widestGroup(plan) + 2 * widestRead(plan);
    }

    private static int widestGroup(PredictionPlan plan) {
        int[] widths = new int[plan.auxiliary().attentions().size()];
        for (PredictionPlan.Layer layer : plan.layers()) {
            widths[layer.auxiliary()] += layer.made().keyWidth() + layer.made().valueWidth();
        }
        return Arrays.stream(widths).max().orElse(0);
    }

    private static int widestRead(PredictionPlan plan) {
        return plan.layers().stream()
                .mapToInt(
                        layer -> Math.max(layer.read().keyWidth(), layer.read().valueWidth()))
                .max()
                .orElse(0);
    }

    /** Comes before the auxiliary computes the plan. */
    void load(StepPlan plan) {
        rows.load(plan);
        if (rows.any()) {
            rotary.prepare(rows.step());
        }
    }

    @Override
    public void projectedKeysAndValues(int attention, @Nullable Rows keys, @Nullable Rows values) {
        Group group = groups[attention];
        if (group == null || keys == null || values == null || !rows.any()) {
            return;
        }
        MemorySegment key = rows.of(keys.data(), keys.width(), keyScratch);
        MemorySegment value = rows.of(values.data(), values.width(), valueScratch);
        if (group.plain) {
            map(group, key, value);
        } else {
            multiply(group, key, value);
        }
    }

    /** Products, rotation and writes at once. */
    private void map(Group group, MemorySegment key, MemorySegment value) {
        StepBatch step = rows.step();
        maps.clear();
        for (int i = 0; i < group.writers.size(); i++) {
            maps.add(group.writers.get(i).map(step, group.keys.get(i), group.values.get(i)));
        }
        kernels.mapKv(key, value, step.tokens(), maps);
    }

    private void multiply(Group group, MemorySegment key, MemorySegment value) {
        StepBatch step = rows.step();
        kernels.matmul(key, step.tokens(), group.keys);
        kernels.matmul(value, step.tokens(), group.values);
        for (int i = 0; i < group.writers.size(); i++) {
            group.writers
                    .get(i)
                    .write(step, group.keys.get(i).out(), group.values.get(i).out());
        }
    }

    @Override
    public void close() {
        rows.close();
    }
}
