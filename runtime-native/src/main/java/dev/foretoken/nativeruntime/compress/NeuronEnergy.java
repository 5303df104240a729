package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.exec.ActivationTap;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.weights.WeightNumbers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What single neurons add to the residual stream: the sum over tokens of the squared activation, times the squared length of the column that maps
 * it back.
 */
final class NeuronEnergy implements ActivationTap {

    private final Map<Linear, double[]> squares = new HashMap<>();

    /** {@code down}: maps back of the MLPs that are looked at. */
    NeuronEnergy(Set<Linear> down) {
        down.forEach(map -> squares.put(map, new double[map.inputs()]));
    }

    @Override
    public void input(List<Linear> linears, Rows rows) {
        for (Linear linear : linears) {
            double[] into = squares.get(linear);
            if (into != null) {
                add(into, rows.toArray());
            }
        }
    }

    private static void add(double[] into, float[] rows) {
        for (int i = 0; i < rows.length; i++) {
            into[i % into.length] += (double) rows[i] * rows[i];
        }
    }

    /** One per neuron. */
    double[] of(Linear down, WeightNumbers weights) {
        double[] energy = squares.get(down).clone();
        float[] matrix = weights.matrix(down.matrix());
        double[] lengths = new double[energy.length];
        for (int i = 0; i < matrix.length; i++) {
            lengths[i % lengths.length] += (double) matrix[i] * matrix[i];
        }
        for (int i = 0; i < energy.length; i++) {
            energy[i] *= lengths[i];
        }
        return energy;
    }
}
