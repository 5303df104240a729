package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.runtime.SequenceView;
import dev.foretoken.sampling.ContinuedSequence;
import java.util.List;

/** A sequence with the proposals that were drawn for it so far behind its known tokens. Reports nothing but tokens. */
final class DraftedSequence extends ContinuedSequence {

    /** Most proposals of one draft. */
    static final int MOST = 64;

    private final int[] proposals = new int[MOST];
    private int count;

    void start(SequenceView next) {
        turnTo(next);
        count = 0;
    }

    void add(int token) {
        proposals[count++] = token;
    }

    int proposals() {
        return count;
    }

    int proposal(int index) {
        return proposals[index];
    }

    @Override
    public int tokenAt(int position) {
        int known = sequence().length();
        return position < known ? sequence().tokenAt(position) : proposals[position - known];
    }

    @Override
    public int length() {
        return sequence().length() + count;
    }

    @Override
    public OutputOptions output() {
        return OutputOptions.TOKENS_ONLY;
    }

    /** Vectors are of the base's hidden size. */
    @Override
    public List<EmbeddingSpan> embeddings() {
        return List.of();
    }
}
