package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.SequenceView;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A prompt by itself, computed outside a scheduler.
 *
 * @param output what is wanted of it
 * @param maxLength tokens that the sequence is counted as, which settles rotary scaling that depends on length
 */
public record PromptSequence(int[] tokens, List<EmbeddingSpan> embeddings, OutputOptions output, int maxLength)
        implements SequenceView {

    private static final OutputOptions NOTHING = new OutputOptions(OutputOptions.OFF, OutputOptions.OFF, false);

    /** Of which nothing is wanted. */
    static PromptSequence silent(int[] tokens, List<EmbeddingSpan> embeddings) {
        return new PromptSequence(tokens, embeddings, NOTHING, tokens.length);
    }

    /** That one token may follow. */
    public static PromptSequence of(int[] tokens, OutputOptions output) {
        return new PromptSequence(tokens, List.of(), output, tokens.length + 1);
    }

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
}
