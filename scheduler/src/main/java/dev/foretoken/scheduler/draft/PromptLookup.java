package dev.foretoken.scheduler.draft;

import dev.foretoken.contract.runtime.SequenceView;

/**
 * Proposes what followed the last time the sequence's newest tokens stood in its prompt or answer: answers that quote, edit or repeat are
 * drafted without a second model (prompt lookup decoding, A. Saxena, 2023).
 */
public final class PromptLookup implements DraftSource {

    @Override
    public Drafter open(SequenceView sequence) {
        return new SuffixIndex(sequence);
    }
}
