package dev.foretoken.scheduler.draft;

import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.SequenceView;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sequence that tests append to. */
final class KnownTokens implements SequenceView {

    private final int[] tokens;
    private int length;

    KnownTokens(int maxLength, int... first) {
        tokens = Arrays.copyOf(first, maxLength);
        length = first.length;
    }

    KnownTokens then(int... more) {
        for (int token : more) {
            tokens[length++] = token;
        }
        return this;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public int tokenAt(int position) {
        if (position >= length) {
            throw new IndexOutOfBoundsException(position + " of " + length);
        }
        return tokens[position];
    }

    @Override
    public int maxLength() {
        return tokens.length;
    }

    @Override
    public long sequenceId() {
        return 0;
    }

    @Override
    public int choice() {
        return 0;
    }

    @Override
    public SamplingParams sampling() {
        return SamplingParams.GREEDY;
    }

    @Override
    public OutputOptions output() {
        return OutputOptions.TOKENS_ONLY;
    }

    @Override
    public int promptTokens() {
        return 1;
    }

    @Override
    public List<EmbeddingSpan> embeddings() {
        return List.of();
    }

    @Override
    public @Nullable MemorySegment tokenMask() {
        return null;
    }

    @Override
    public TokenIds suppressed() {
        return TokenIds.EMPTY;
    }
}
