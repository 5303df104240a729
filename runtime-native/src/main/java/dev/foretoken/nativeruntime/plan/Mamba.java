package dev.foretoken.nativeruntime.plan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Mamba (Gu and Dao 2023): {@code x = silu(conv(input(h)))}, {@code time, b, c} from x, {@code output(scan(x, widened time, b, c) *
 * silu(gate(h)))}. Heads with maps of their own (zamba) are parallel mixers.
 *
 * @param inner norms of time, b and c
 */
public record Mamba(Maps maps, Convolution convolution, Scan scan, Norms inner) implements Recurrent {

    /**
     * Linear maps.
     *
     * @param input [channels, hidden]
     * @param gate [channels, hidden]
     * @param time [rank, channels]
     * @param b [states, channels]
     * @param c [states, channels]
     * @param widened [channels, rank]: from the rank to the time steps, with the bias that softplus meets
     * @param output [hidden, channels]
     */
    public record Maps(Linear input, Linear gate, Linear time, Linear b, Linear c, Linear widened, Linear output) {}

    /**
     * The scan.
     *
     * @param rates [channels, states] as numbers in a row
     * @param skip [channels]: share of the input that passes the state by
     */
    public record Scan(int channels, int states, Rates rates, VectorRef skip) {}

    /** Each may be missing. */
    public record Norms(
            @Nullable Norm time, @Nullable Norm b, @Nullable Norm c) {
        public static final Norms NONE = new Norms(null, null, null);

        List<Norm> all() {
            List<Norm> found = new ArrayList<>();
            for (Norm norm : new @Nullable Norm[] {time, b, c}) {
                if (norm != null) {
                    found.add(norm);
                }
            }
            return found;
        }
    }

    @Override
    public List<Linear> linears() {
        return List.of(maps.input, maps.gate, maps.time, maps.b, maps.c, maps.widened, maps.output);
    }

    @Override
    public List<Norm> norms() {
        return inner.all();
    }

    @Override
    public List<VectorRef> vectors() {
        List<VectorRef> vectors = new ArrayList<>(convolution.vectors());
        vectors.add(scan.rates.vector());
        vectors.add(scan.skip);
        return vectors;
    }

    @Override
    public List<Convolution> convolutions() {
        return List.of(convolution);
    }
}
