package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.exec.ActivationTap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The keys and values of every attention, averaged over pieces of text of one length, position by position (KVSharer, Yang 2024). Two
 * attentions that turn keys alike are as far apart with turned keys as with others.
 */
final class KvAverages implements ActivationTap {

    private record Sums(double[] keys, double[] values) {}

    private final int length;
    private final Map<Integer, Sums> sums = new TreeMap<>();
    /** Tokens seen so far, by attention. */
    private final Map<Integer, Integer> seen = new TreeMap<>();

    /** {@code length}: tokens of every piece. */
    KvAverages(int length) {
        this.length = length;
    }

    @Override
    public void keysAndValues(int attention, @Nullable Rows keys, @Nullable Rows values) {
        if (keys == null || values == null) {
            return;
        }
        Sums into = sums.computeIfAbsent(
                attention, a -> new Sums(new double[length * keys.width()], new double[length * values.width()]));
        int at = seen.getOrDefault(attention, 0);
        add(into.keys, keys, at);
        add(into.values, values, at);
        seen.put(attention, at + keys.count());
    }

    private void add(double[] into, Rows rows, int at) {
        float[] data = rows.toArray();
        for (int row = 0; row < rows.count(); row++) {
            int target = (at + row) % length * rows.width();
            for (int i = 0; i < rows.width(); i++) {
                into[target + i] += data[row * rows.width() + i];
            }
        }
    }

    /** The mean of how far keys and values of two attentions are apart (Euclid); both must store their own, of one shape. */
    double distance(int one, int other) {
        int pieces = seen.get(one) / length;
        Sums a = sums.get(one);
        Sums b = sums.get(other);
        return (distance(a.keys, b.keys) + distance(a.values, b.values)) / 2 / pieces;
    }

    private static double distance(double[] a, double[] b) {
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            squares += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(squares);
    }
}
