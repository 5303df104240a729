package dev.foretoken.nativeruntime.plan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head latent attention (DeepSeek-V2 2024): of a token one short vector is cached, from which every head's key and value are linear,
 * behind a turned part of the key that all heads share. The maps out of the short vector are taken into queries and behind the weighted sum,
 * so that heads attend to the cached vectors themselves.
 *
 * @param narrow what queries are made of; null: of the input
 * @param query [heads * (plain + turned)] outputs, of each head its plain part, then the part that is turned
 * @param cached what is stored of a token
 * @param keyUps of each head [latent, plain]: what a plain query becomes; the transpose of the map from cached vectors to plain keys
 * @param valueUps of each head [value, latent]
 * @param output of [heads * value] inputs
 */
public record LatentMaps(
        @Nullable Narrow narrow, Linear query, Cached cached, List<Linear> keyUps, List<Linear> valueUps, Linear output)
        implements Attention.Maps {

    public LatentMaps {
        keyUps = List.copyOf(keyUps);
        valueUps = List.copyOf(valueUps);
    }

    /** A short vector, and the norm of it. */
    public record Narrow(Linear down, Norm norm) {}

    /**
     * What is stored of a token.
     *
     * @param turned [turned, hidden]: the part of every head's key that is turned
     * @param latent [latent, hidden]
     * @param norm of the latent vector
     */
    public record Cached(Linear turned, Linear latent, Norm norm) {}

    /** Elements of a head's query that are not turned. */
    public int plainDim() {
        return keyUps.getFirst().inputs();
    }

    /** Elements of what a head adds to the input of {@link #output}. */
    public int valueDim() {
        return valueUps.getFirst().outputs();
    }

    /** Elements that queries are made of where they are not made of the input; 0 where they are. */
    public int narrowWidth() {
        Narrow first = narrow;
        return first == null ? 0 : first.down().outputs();
    }

    @Override
    public List<Linear> linears() {
        List<Linear> all = new ArrayList<>();
        Narrow first = narrow;
        if (first != null) {
            all.add(first.down());
        }
        all.addAll(List.of(query, cached.turned(), cached.latent()));
        all.addAll(keyUps);
        all.addAll(valueUps);
        all.add(output);
        return all;
    }

    @Override
    public List<Norm> norms() {
        Narrow first = narrow;
        return first == null ? List.of(cached.norm()) : List.of(first.norm(), cached.norm());
    }
}
