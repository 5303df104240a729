package dev.foretoken.nativeruntime.predict;

import dev.foretoken.nativeruntime.exec.ActivationTap;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Collects keys and values of one sequence straight from the projections: before norms and rotation, and not from a cache. */
final class CapturedRows implements ActivationTap {

    /** Rows of one layer, of which the first {@code filled} are there. */
    private static final class Layer {
        private double[][] rows = new double[0][];
        private int filled;

        private void add(Rows added, int ones) {
            float[] data = added.toArray();
            for (int row = 0; row < added.count(); row++) {
                double[] into = new double[added.width() + ones];
                for (int i = 0; i < added.width(); i++) {
                    into[i] = data[row * added.width() + i];
                }
                for (int i = 0; i < ones; i++) {
                    into[added.width() + i] = 1;
                }
                rows[filled++] = into;
            }
        }
    }

    private final List<Integer> attentions;
    private final int ones;
    private final List<Layer> keys;
    private final List<Layer> values;

    /**
     * @param attentions which are collected, among all of the model
     * @param ones columns of ones that are put behind every row
     */
    CapturedRows(List<Integer> attentions, int ones) {
        this.attentions = List.copyOf(attentions);
        this.ones = ones;
        this.keys = layers(attentions.size());
        this.values = layers(attentions.size());
    }

    private static List<Layer> layers(int count) {
        return IntStream.range(0, count).mapToObj(i -> new Layer()).toList();
    }

    /** Forgets what is there; so many tokens come now. */
    void begin(int tokens) {
        List<Layer> all = new ArrayList<>(keys);
        all.addAll(values);
        for (Layer layer : all) {
            layer.rows = new double[tokens][];
            layer.filled = 0;
        }
    }

    @Override
    public void projectedKeysAndValues(int attention, @Nullable Rows key, @Nullable Rows value) {
        int layer = attentions.indexOf(attention);
        if (layer >= 0 && key != null && value != null) {
            keys.get(layer).add(key, ones);
            values.get(layer).add(value, ones);
        }
    }

    /** By layer: [tokens][width]. */
    List<double[][]> keys() {
        return keys.stream().map(layer -> layer.rows).toList();
    }

    /** By layer: [tokens][width]. */
    List<double[][]> values() {
        return values.stream().map(layer -> layer.rows).toList();
    }
}
