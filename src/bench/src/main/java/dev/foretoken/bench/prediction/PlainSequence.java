package dev.foretoken.bench.prediction;

import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.SequenceView;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A greedy sequence that is all prompt. */
record PlainSequence(int[] tokens) implements SequenceView {

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
        return OutputOptions.TOKENS_ONLY;
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

    @Override
    public int maxLength() {
        return tokens.length + 1;
    }
}
