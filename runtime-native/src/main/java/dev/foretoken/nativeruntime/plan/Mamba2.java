package dev.foretoken.nativeruntime.plan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Mamba-2 (Dao and Gu 2024): {@code x, b, c = silu(conv(input(h)))}, {@code output(norm(scan(x, time(h), b, c), gate(h)))}.
 *
 * @param norm of the scan's result with the gate; null: it is only multiplied by the gate's SiLU
 */
public record Mamba2(
        Maps maps,
        Convolution convolution,
        Scan scan,
        @Nullable GatedNorm norm) implements Recurrent {

    /**
     * Linear maps.
     *
     * @param gate [channels, hidden]
     * @param input [channels + 2 * groups * states, hidden]: x, b and c
     * @param time [heads, hidden]
     * @param output [hidden, channels]
     */
    public record Maps(Linear gate, Linear input, Linear time, Linear output) {}

    /**
     * The scan.
     *
     * @param headDim channels of a head
     * @param groups consecutive heads that share b and c
     * @param rates [heads]
     * @param skip [heads]: share of the input that passes the state by
     * @param steps the time steps
     */
    public record Scan(int heads, int headDim, int states, int groups, Rates rates, VectorRef skip, Steps steps) {
        public int channels() {
            return Math.multiplyExact(heads, headDim);
        }

        /** Elements of b, and of c. */
        public int mapWidth() {
            return Math.multiplyExact(groups, states);
        }
    }

    /**
     * How time steps are made: {@code clamp(softplus(time + bias), low, high)}.
     *
     * @param bias [heads]
     */
    public record Steps(VectorRef bias, float low, float high) {}

    @Override
    public List<Linear> linears() {
        return List.of(maps.gate, maps.input, maps.time, maps.output);
    }

    @Override
    public List<Norm> norms() {
        GatedNorm gated = norm;
        return gated == null ? List.of() : List.of(gated.norm());
    }

    @Override
    public List<VectorRef> vectors() {
        List<VectorRef> vectors = new ArrayList<>(convolution.vectors());
        vectors.addAll(List.of(scan.rates.vector(), scan.skip, scan.steps.bias()));
        return vectors;
    }

    @Override
    public List<Convolution> convolutions() {
        return List.of(convolution);
    }
}
