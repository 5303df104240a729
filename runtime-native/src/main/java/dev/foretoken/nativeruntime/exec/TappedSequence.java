package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.SequenceView;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A prompt of which nothing is wanted. */
record TappedSequence(int[] tokens, List<EmbeddingSpan> embeddings) implements SequenceView {

    private static final OutputOptions NOTHING = new OutputOptions(OutputOptions.OFF, OutputOptions.OFF, false);

    @Override
    public long sequenceId() {
        return 1;
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
        return NOTHING;
    }

    @Override
    public int promptTokens() {
        return tokens.length;
    }

    @Override
    public int length() {
        return tokens.length;
    }

    @Override
    public int tokenAt(int position) {
        return tokens[position];
    }

    @Override
    public @Nullable MemorySegment tokenMask() {
        return null;
    }

    @Override
    public TokenIds suppressed() {
        return TokenIds.EMPTY;
    }

    @Override
    public int maxLength() {
        return tokens.length;
    }
}
