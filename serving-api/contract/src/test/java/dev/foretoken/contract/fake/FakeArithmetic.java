package dev.foretoken.contract.fake;

import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.SequenceView;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fake model's only layer. A position's cache entry hashes its input and the entry before it; a digest hashes every entry a kind may
 * read; logits are the digest. So a wrong entry anywhere in a sequence's reach changes its next token.
 */
final class FakeArithmetic {

    private static final long GENERATED = -1;
    private static final long PREDICTED = -2;

    private FakeArithmetic() {}

    /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014) over the sum of two words. */
    static long mix(long a, long b) {
        long z = a * 0x9E3779B97F4A7C15L + b + 0xD1B54A32D192ED03L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** What feeds a position: its token, or the content of the vector there. */
    static long input(int token, int position, List<EmbeddingSpan> embeddings) {
        for (int i = 0; i < embeddings.size(); i++) {
            EmbeddingSpan span = embeddings.get(i);
            int offset = position - span.firstPosition();
            if (offset >= 0 && offset < span.count()) {
                long hash = offset;
                for (byte b : span.contentHash()) {
                    hash = mix(hash, b);
                }
                return hash;
            }
        }
        return token;
    }

    /**
     * Marks an input with the form in which its position is computed, where that matters: prompt positions in chunks at absolute multiples of
     * the alignment, the last one shorter, generated positions one by one.
     */
    static long formed(long input, CacheSpec spec, int position, int promptTokens) {
        if (!spec.formsDiffer()) {
            return input;
        }
        int chunk = position - position % spec.alignment();
        boolean generated = position >= promptTokens;
        return mix(input, generated ? GENERATED : Math.min(spec.alignment(), promptTokens - chunk));
    }

    static long entry(long before, long input, int position) {
        return mix(mix(before, input), position);
    }

    /** What maps make of an auxiliary's digest for one kind of the base: nothing that an exact entry ever is. */
    static long predicted(long digest, int kind, int position) {
        return mix(mix(digest, PREDICTED - kind), position);
    }

    static int draw(long digest, SequenceView sequence, int position, int vocabulary) {
        SamplingParams sampling = sequence.sampling();
        long word = digest;
        if (!sampling.isGreedy()) {
            word = mix(mix(mix(digest, sampling.seed()), sequence.choice()), position);
        }
        int first = (int) Long.remainderUnsigned(word, vocabulary);
        for (int i = 0; i < vocabulary; i++) {
            int token = (first + i) % vocabulary;
            if (admitted(sequence.tokenMask(), token) && !sequence.suppressed().contains(token)) {
                return token;
            }
        }
        throw new PlanViolation("the mask and the suppressed tokens leave no token to draw");
    }

    private static boolean admitted(@Nullable MemorySegment mask, int token) {
        if (mask == null) {
            return true;
        }
        long word = mask.getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, token / 64);
        return (word >>> (token % 64) & 1) != 0;
    }

    /** Made-up but reproducible: equal digests and tokens give equal bits. */
    static TokenLogprobs logprobs(long digest, int token, int top, int vocabulary) {
        int[] ids = new int[Math.min(top, vocabulary)];
        float[] values = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) Long.remainderUnsigned(mix(digest, i), vocabulary);
            values[i] = -0.25f * (i + 1);
        }
        float logprob = -(mix(digest, token) >>> 54) / 128f;
        return new TokenLogprobs(token, logprob, 1 + (int) (mix(token, digest) >>> 60), ids, values);
    }
}
