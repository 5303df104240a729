package dev.foretoken.sampling;

import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.SequenceView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Changes single logits before a draw: bias, then repetition, frequency and presence penalties, then suppressed tokens, which become negative
 * infinity; the mask is left to the pass over the row. Allocates nothing.
 */
final class LogitEdits {

    private final int vocabulary;
    private final int[] generatedCounts;
    private final boolean[] seen;

    LogitEdits(int vocabulary) {
        this.vocabulary = vocabulary;
        this.generatedCounts = new int[vocabulary];
        this.seen = new boolean[vocabulary];
    }

    static boolean needed(SequenceView sequence) {
        return !sequence.sampling().bias().isNone()
                || !sequence.sampling().penalties().isNone()
                || sequence.suppressed().size() > 0
                || sequence.tokenMask() != null;
    }

    /** Edits {@code logits} in place; {@code position}: of the token to draw, history is what lies before it. */
    void apply(MemorySegment logits, SequenceView sequence, int position) {
        addBias(logits, sequence.sampling().bias());
        Penalties penalties = sequence.sampling().penalties();
        if (!penalties.isNone()) {
            penalise(logits, penalties, sequence, position);
        }
        TokenIds suppressed = sequence.suppressed();
        MemorySegment mask = sequence.tokenMask();
        // Where the mask admits suppressed tokens alone (the output is complete before its minimum length), the mask is
        // the stronger promise.
        if (suppressed.size() > 0 && (mask == null || admitsAnother(mask, suppressed))) {
            suppress(logits, suppressed);
        }
    }

    private void suppress(MemorySegment logits, TokenIds ids) {
        for (int i = 0; i < ids.size(); i++) {
            if (inVocabulary(ids.get(i))) {
                set(logits, ids.get(i), Float.NEGATIVE_INFINITY);
            }
        }
    }

    private boolean admitsAnother(MemorySegment mask, TokenIds ids) {
        for (int start = 0; start < vocabulary; start += Long.SIZE) {
            long admitted = mask.get(ValueLayout.JAVA_LONG_UNALIGNED, start / Byte.SIZE);
            for (; admitted != 0; admitted &= admitted - 1) {
                int id = start + Long.numberOfTrailingZeros(admitted);
                if (id < vocabulary && !contains(ids, id)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean contains(TokenIds ids, int id) {
        for (int i = 0; i < ids.size(); i++) {
            if (ids.get(i) == id) {
                return true;
            }
        }
        return false;
    }

    private void addBias(MemorySegment logits, LogitBias bias) {
        for (int i = 0; i < bias.values().length; i++) {
            int id = bias.ids().get(i);
            if (inVocabulary(id)) {
                set(logits, id, get(logits, id) + bias.values()[i]);
            }
        }
    }

    private void penalise(MemorySegment logits, Penalties penalties, SequenceView sequence, int position) {
        int first = penalties.repetition() == 1f ? sequence.promptTokens() : 0;
        for (int i = first; i < position; i++) {
            int id = sequence.tokenAt(i);
            if (inVocabulary(id)) {
                seen[id] = true;
                generatedCounts[id] += i >= sequence.promptTokens() ? 1 : 0;
            }
        }
        for (int i = first; i < position; i++) {
            int id = sequence.tokenAt(i);
            if (inVocabulary(id) && seen[id]) {
                set(logits, id, penalised(get(logits, id), generatedCounts[id], penalties));
                seen[id] = false;
                generatedCounts[id] = 0;
            }
        }
    }

    private static float penalised(float logit, int generated, Penalties penalties) {
        float changed = logit > 0 ? logit / penalties.repetition() : logit * penalties.repetition();
        changed -= penalties.frequency() * generated;
        return generated > 0 ? changed - penalties.presence() : changed;
    }

    private boolean inVocabulary(int id) {
        return id >= 0 && id < vocabulary;
    }

    private static float get(MemorySegment logits, int id) {
        return logits.getAtIndex(ValueLayout.JAVA_FLOAT, id);
    }

    private static void set(MemorySegment logits, int id, float value) {
        logits.setAtIndex(ValueLayout.JAVA_FLOAT, id, value);
    }
}
