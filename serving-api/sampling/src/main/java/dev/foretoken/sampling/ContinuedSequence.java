package dev.foretoken.sampling;

import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.SequenceView;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sequence as if tokens that are only proposed had been generated. Turned from one sequence to the next, so that a step makes no objects. */
public abstract class ContinuedSequence implements SequenceView {

    private @Nullable SequenceView sequence;

    protected final void turnTo(SequenceView next) {
        sequence = next;
    }

    protected final SequenceView sequence() {
        SequenceView current = sequence;
        if (current == null) {
            throw new IllegalStateException("turned to no sequence yet");
        }
        return current;
    }

    @Override
    public long sequenceId() {
        return sequence().sequenceId();
    }

    @Override
    public int choice() {
        return sequence().choice();
    }

    @Override
    public SamplingParams sampling() {
        return sequence().sampling();
    }

    @Override
    public OutputOptions output() {
        return sequence().output();
    }

    @Override
    public int promptTokens() {
        return sequence().promptTokens();
    }

    @Override
    public List<EmbeddingSpan> embeddings() {
        return sequence().embeddings();
    }

    @Override
    public @Nullable MemorySegment tokenMask() {
        return sequence().tokenMask();
    }

    @Override
    public TokenIds suppressed() {
        return sequence().suppressed();
    }

    @Override
    public int maxLength() {
        return sequence().maxLength();
    }
}
