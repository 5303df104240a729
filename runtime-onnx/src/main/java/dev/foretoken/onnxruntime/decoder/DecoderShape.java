package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.TensorSize;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a decoder's ports and facts say of sequences.
 *
 * @param context most tokens of a sequence
 * @param shared whether caches of tokens are buffers that the graph writes into
 */
record DecoderShape(DecoderPorts ports, DecoderFacts facts, int context, boolean shared) {

    private static final int BLOCK_TOKENS = 16;
    private static final int MAX_ROWS = 256;
    private static final int MAX_TOKENS = 512;
    private static final int LEAST_TOKENS = 16;
    /** Bytes of the logits of a step's longest span. */
    private static final long LOGIT_BYTES = 64 << 20;
    /** Of sequences that have nothing but states, which have no end. */
    private static final int UNBOUNDED = 1 << 20;
    /** Its store, what a run reads, and what it leaves: {@link GrowingCaches}. */
    private static final int COPIES_OF_GROWING = 3;

    private static final int SIDES_OF_STATE = 2;
    /** Bytes of a sequence's tokens in all caches, which no machine has; what is made of it is counted without overflow. */
    private static final long MOST_CACHE = 1L << 48;

    static DecoderShape of(DecoderPorts ports, DecoderFacts facts, RuntimeOptions options) {
        long fixed = ports.tokens().stream()
                .mapToLong(CachePort::fixedTokens)
                .filter(tokens -> tokens > 0)
                .min()
                .orElse(-1);
        int context = facts.contextTokens() > 0 ? facts.contextTokens() : options.maxContextTokens();
        if (options.maxContextTokens() > 0) {
            context = Math.min(context, options.maxContextTokens());
        }
        if (fixed > 0) {
            context = context > 0 ? (int) Math.min(context, fixed) : Math.toIntExact(fixed);
        }
        if (context == 0 && ports.tokens().isEmpty()) {
            context = UNBOUNDED;
        }
        if (context == 0) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "%s: neither the graph nor a config.json or genai_config.json beside it says how long a sequence may be; set max-context"
                            .formatted(facts.name()));
        }
        DecoderShape shape = new DecoderShape(ports, facts, context, facts.sharedBuffers() || fixed > 0);
        shape.requireCountable();
        return shape;
    }

    private void requireCountable() {
        long token = bytes(ports.tokens(), 1);
        if (TensorSize.product(token, capacity()) > MOST_CACHE) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "%s: caches of %d tokens with %d bytes each are more than any memory holds; set a smaller max-context"
                            .formatted(facts.name(), capacity(), token));
        }
    }

    /** Tokens that a slot of a token cache has room for. */
    int capacity() {
        return ports.tokens().stream()
                .mapToInt(port -> Math.toIntExact(port.fixedTokens()))
                .filter(tokens -> tokens > 0)
                .findFirst()
                .orElse(context);
    }

    /**
     * How many rows a run takes at most where a tensor has so many bytes at most.
     *
     * @throws ForetokenException CONFIG_INVALID where not even one fits
     */
    int rows(long tensorBytes) {
        long row = ports.caches().stream()
                .mapToLong(port -> port.rowBytes(capacity()))
                .max()
                .orElse(1);
        if (row > tensorBytes) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "%s: a cache of %d tokens has %d bytes, and tensors of ONNX Runtime's Java interface at most %d; set a smaller max-context"
                            .formatted(facts.name(), capacity(), row, tensorBytes));
        }
        return (int) Math.min(ports.rows(), tensorBytes / row);
    }

    /** Whether rows of different lengths cannot run together: places that are given are those of all rows of a run. */
    boolean equalLengths() {
        boolean hides = shared || (facts.leftPadding() && ports.padsLeft());
        return !ports.tokens().isEmpty() && (ports.cachePosition().isPresent() || !hides);
    }

    ModelShape model() {
        List<CacheKind> kinds = new ArrayList<>();
        if (!ports.tokens().isEmpty()) {
            long bytes = bytes(ports.tokens(), capacity()) * (shared ? 1 : COPIES_OF_GROWING);
            kinds.add(new CacheKind.ContiguousSlot(layers(ports.tokens()), bytes, context));
        }
        if (!ports.states().isEmpty()) {
            long bytes = bytes(ports.states(), 0) * SIDES_OF_STATE;
            kinds.add(new CacheKind.RecurrentState(layers(ports.states()), bytes));
        }
        PartShape base = new PartShape(PartShape.Role.BASE, facts.hiddenSize(), new CacheSpec(kinds, BLOCK_TOKENS, 1));
        return new ModelShape(ports.vocabulary(), context, List.of(base), facts.numericsId());
    }

    /** Of every kind one row more than sequences have: to exchange others through, or what a span leaves. */
    long workBytes() {
        return bytes(ports.tokens(), capacity()) + bytes(ports.states(), 0) * SIDES_OF_STATE;
    }

    private static long bytes(List<CachePort> caches, int tokens) {
        return caches.stream().mapToLong(port -> port.rowBytes(tokens)).sum();
    }

    /** Two caches a layer: keys and values, convolution and state. */
    private static int layers(List<CachePort> caches) {
        return Math.ceilDiv(caches.size(), 2);
    }

    Capabilities capabilities() {
        Set<Feature> features = EnumSet.of(Feature.RAGGED_ROWS, Feature.MIXED_SPANS, Feature.TOKEN_MASKS);
        if (ports.allLogits()) {
            features.add(Feature.PROMPT_LOGPROBS);
            if (shared && ports.states().isEmpty()) {
                features.add(Feature.ROLLBACK);
            }
        }
        return new Capabilities(features, MAX_ROWS, maxTokens(), 1);
    }

    private int maxTokens() {
        long rowBytes = (long) ports.vocabulary() * ports.logits().type().bytes();
        long spans = ports.allLogits() ? LOGIT_BYTES / rowBytes : MAX_TOKENS;
        return Math.max(MAX_ROWS, (int) Math.min(MAX_TOKENS, Math.max(LEAST_TOKENS, spans)));
    }
}
