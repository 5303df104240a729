package dev.foretoken.bench.embedding;

import java.util.List;

/** How far lists of vectors are apart. */
final class VectorDistance {

    private VectorDistance() {}

    /** The largest difference of two elements at the same place; infinite where lists or vectors differ in size. */
    static double largest(List<float[]> ones, List<float[]> others) {
        if (ones.size() != others.size()) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        for (int i = 0; i < ones.size(); i++) {
            largest = Math.max(largest, largest(ones.get(i), others.get(i)));
        }
        return largest;
    }

    private static double largest(float[] one, float[] other) {
        if (one.length != other.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        for (int i = 0; i < one.length; i++) {
            largest = Math.max(largest, Math.abs((double) one[i] - other[i]));
        }
        return largest;
    }
}
