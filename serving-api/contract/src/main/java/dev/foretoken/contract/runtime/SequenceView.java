package dev.foretoken.contract.runtime;

import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.TokenIds;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a runtime may read of the sequence behind a row while it executes the step. */
public interface SequenceView {

    long sequenceId();

    /** Which of the request's answers: part of the key of every draw. */
    int choice();

    SamplingParams sampling();

    OutputOptions output();

    int promptTokens();

    /** Prompt and generated tokens known so far; at least the end of the row's span except for deferred tokens. */
    int length();

    /** Token at an absolute position below {@link #length}. */
    int tokenAt(int position);

    /** Positions fed by vectors; empty for text. */
    List<EmbeddingSpan> embeddings();

    /** Admitted tokens of the next draw as {@link TokenConstraint#fillMask} writes them, or null when all are. */
    @Nullable
    MemorySegment tokenMask();

    /** Tokens that may not be drawn by a row, by none of its draws (stop tokens before the minimum length). Empty almost always. */
    TokenIds suppressed();

    /** Most tokens the sequence can reach, fixed at admission: length-dependent rotary scaling uses it. */
    int maxLength();
}
