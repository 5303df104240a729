package dev.foretoken.contract.fake;

import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.SequenceView;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sequence that stands before its next draw, as its request defines it. */
record ReferenceView(GenerationRequest request, int choice, int length, int maxLength) implements SequenceView {

    @Override
    public long sequenceId() {
        return choice;
    }

    @Override
    public SamplingParams sampling() {
        return request.sampling();
    }

    @Override
    public OutputOptions output() {
        return request.output();
    }

    @Override
    public int promptTokens() {
        return request.prompt().size();
    }

    @Override
    public int tokenAt(int position) {
        return request.prompt().tokens().get(position);
    }

    @Override
    public List<EmbeddingSpan> embeddings() {
        return request.prompt().embeddings();
    }

    @Override
    public @Nullable MemorySegment tokenMask() {
        return null;
    }

    @Override
    public TokenIds suppressed() {
        boolean free = length - promptTokens() >= request.stop().minTokens();
        return free ? TokenIds.EMPTY : request.stop().stopTokens();
    }
}
