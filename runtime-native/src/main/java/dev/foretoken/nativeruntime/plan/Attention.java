package dev.foretoken.nativeruntime.plan;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Causal self-attention with grouped queries.
 *
 * @param maps query, key, value and output
 * @param headNorms of queries and keys before rotation, or null
 * @param rotary null: queries and keys are not turned
 * @param window tokens seen, itself included; 0 = all
 */
public record Attention(
        Maps maps,
        @Nullable HeadNorms headNorms,
        HeadLayout layout,
        Scores scores,
        @Nullable RotarySettings rotary,
        int window,
        KvSource source)
        implements Mixer {

    /** How queries, keys and values are made, and what becomes of what the heads gather. */
    public sealed interface Maps permits Direct, LatentMaps {
        /** Of what all heads gather. */
        Linear output();

        /** Every linear map, in order of use. */
        List<Linear> linears();

        /** Norms between the maps. */
        default List<Norm> norms() {
            return List.of();
        }
    }

    /**
     * Each is one linear map of the input.
     *
     * @param key null: those of another attention are read
     * @param value null: those of another attention are read
     * @param clip most that an element of queries, keys and values is either way, before rotation and after norms; 0: they stay
     * @param gate [heads * valueDim, hidden]: what heads give is multiplied by {@code sigmoid(gate(x))} (Qiu 2025); null: it stays
     */
    public record Direct(
            Linear query,
            @Nullable Linear key,
            @Nullable Linear value,
            Linear output,
            float clip,
            @Nullable Linear gate)
            implements Maps {
        /** Without a clip and a gate. */
        public Direct(Linear query, Linear key, Linear value, Linear output) {
            this(query, key, value, output, 0, null);
        }

        public Direct withClip(float other) {
            return new Direct(query, key, value, output, other, gate);
        }

        /** Only what is not read from others. */
        public Direct making(boolean keys, boolean values) {
            return new Direct(query, keys ? key : null, values ? value : null, output, clip, gate);
        }

        public Direct withGate(Linear other) {
            return new Direct(query, key, value, output, clip, other);
        }

        /** The same with the maps of the input changed one way, and the map to the residual another. */
        public Direct changed(UnaryOperator<Linear> reading, UnaryOperator<Linear> writing) {
            return new Direct(
                    reading.apply(query),
                    key == null ? null : reading.apply(key),
                    value == null ? null : reading.apply(value),
                    writing.apply(output),
                    clip,
                    gate == null ? null : reading.apply(gate));
        }

        @Override
        public List<Linear> linears() {
            return Stream.of(query, gate, key, value, output)
                    .filter(Objects::nonNull)
                    .toList();
        }
    }

    /** Norms of every head by itself, or, where they are as wide, of all heads together. */
    public record HeadNorms(Norm query, Norm key) {}

    /**
     * What becomes of the dot product of a query and a key before the softmax.
     *
     * @param scale multiplies it
     * @param softCap the scaled score becomes {@code softCap * tanh(score / softCap)}; 0: it stays
     * @param sinks [heads], of each head a score that takes part in the softmax and has no value (Xiao 2023), or null
     */
    public record Scores(
            float scale, float softCap, @Nullable VectorRef sinks) {
        /** Without sinks. */
        public Scores(float scale, float softCap) {
            this(scale, softCap, null);
        }

        public Scores withSinks(VectorRef other) {
            return new Scores(scale, softCap, other);
        }

        /** Scaled by the root of the head's size (Vaswani 2017). */
        public static Scores of(int headDim) {
            return new Scores((float) (1 / Math.sqrt(headDim)), 0);
        }
    }

    /** With scores as Vaswani 2017 has them. */
    public Attention(
            Maps maps,
            @Nullable HeadNorms headNorms,
            HeadLayout layout,
            @Nullable RotarySettings rotary,
            int window,
            KvSource source) {
        this(maps, headNorms, layout, Scores.of(layout.headDim()), rotary, window, source);
    }

    @Override
    public List<Linear> linears() {
        return maps.linears();
    }

    @Override
    public List<Norm> norms() {
        HeadNorms inner = headNorms;
        List<Norm> all = new ArrayList<>(maps.norms());
        if (inner != null) {
            all.addAll(List.of(inner.query(), inner.key()));
        }
        return all;
    }

    @Override
    public List<VectorRef> vectors() {
        VectorRef sinks = scores.sinks();
        return sinks == null ? List.of() : List.of(sinks);
    }

    /** K is the same for every sequence that cannot get longer than this. */
    public int lengthInvariantTokens() {
        return rotary == null ? Integer.MAX_VALUE : rotary.scaling().lengthInvariantTokens();
    }

    /**
     * The maps of an attention whose queries, keys and values are linear in its input.
     *
     * @throws ForetokenException MODEL_UNSUPPORTED where they are not
     */
    public Direct direct() {
        return switch (maps) {
            case Direct direct -> direct;
            case LatentMaps latent ->
                throw new ForetokenException(
                        ErrorCode.MODEL_UNSUPPORTED,
                        "An attention over latent vectors has no keys and values of its own to change; supported are attentions that make them from their input");
        };
    }

    public Attention withMaps(Maps other) {
        return new Attention(other, headNorms, layout, scores, rotary, window, source);
    }

    public Attention withWindow(int tokens) {
        return new Attention(maps, headNorms, layout, scores, rotary, tokens, source);
    }

    /** The same attention reading other K and V. */
    public Attention withSource(KvSource newSource) {
        return new Attention(maps, headNorms, layout, scores, rotary, window, newSource);
    }
}
