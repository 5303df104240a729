package dev.foretoken.nativeruntime.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * The gated delta rule (Yang 2024): queries, keys and values each {@code silu(conv(linear(h)))}, {@code output(norm(rule(q, k, v, time(h),
 * beta(h)), gate(h)))}.
 *
 * @param norm of every head's result by itself, [valueDim]
 */
public record DeltaNet(Maps maps, Inputs inputs, Rule rule, GatedNorm norm) implements Recurrent {

    /**
     * Linear maps.
     *
     * @param query [keyHeads * keyDim, hidden]
     * @param key [keyHeads * keyDim, hidden]
     * @param value [valueHeads * valueDim, hidden]
     * @param gate [valueHeads * valueDim, hidden]
     * @param beta [valueHeads, hidden]
     * @param time [valueHeads, hidden]
     * @param output [hidden, valueHeads * valueDim]
     */
    public record Maps(Linear query, Linear key, Linear value, Linear gate, Linear beta, Linear time, Linear output) {}

    /** Convolutions of what the first three maps give. */
    public record Inputs(Convolution query, Convolution key, Convolution value) {}

    /**
     * The recurrence.
     *
     * @param rates [valueHeads]
     * @param timeBias [valueHeads]
     */
    public record Rule(int keyHeads, int valueHeads, int keyDim, int valueDim, Rates rates, VectorRef timeBias) {
        public int keyWidth() {
            return Math.multiplyExact(keyHeads, keyDim);
        }

        public int valueWidth() {
            return Math.multiplyExact(valueHeads, valueDim);
        }
    }

    @Override
    public List<Linear> linears() {
        return List.of(maps.query, maps.key, maps.value, maps.gate, maps.beta, maps.time, maps.output);
    }

    @Override
    public List<Norm> norms() {
        return List.of(norm.norm());
    }

    @Override
    public List<VectorRef> vectors() {
        List<VectorRef> vectors = new ArrayList<>();
        convolutions().forEach(convolution -> vectors.addAll(convolution.vectors()));
        vectors.add(rule.rates.vector());
        vectors.add(rule.timeBias);
        return vectors;
    }

    @Override
    public List<Convolution> convolutions() {
        return List.of(inputs.query, inputs.key, inputs.value);
    }
}
