package dev.foretoken.bench.engine;

import dev.foretoken.contract.runtime.SequenceView;
import dev.foretoken.scheduler.draft.DraftSource;
import dev.foretoken.scheduler.draft.Drafter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Drafts that are right with a given chance per token. The first answer to a prompt is only noted; equal prompts then get drafts made from the
 * note, each token right or wrong by a seeded draw. Called by the scheduler's thread alone.
 */
final class RehearsedDrafts implements DraftSource {
    private final double acceptance;
    private final Map<PromptKey, Note> notes = new HashMap<>();

    RehearsedDrafts(double acceptance) {
        if (!(acceptance >= 0 && acceptance <= 1)) {
            throw new IllegalArgumentException("--draft-acceptance %s; expected 0 to 1".formatted(acceptance));
        }
        this.acceptance = acceptance;
    }

    /** A prompt as a key of a map. */
    private record PromptKey(int hash, int[] tokens) {
        static PromptKey of(SequenceView sequence) {
            int[] tokens = new int[sequence.promptTokens()];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = sequence.tokenAt(i);
            }
            return new PromptKey(Arrays.hashCode(tokens), tokens);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof PromptKey key && Arrays.equals(tokens, key.tokens);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** Tokens of one sequence, prompt included, as far as noted. */
    private static final class Note {
        private int[] tokens = new int[0];
        private int length;

        void take(SequenceView sequence) {
            tokens = Arrays.copyOf(tokens, Math.max(tokens.length, sequence.maxLength()));
            for (; length < sequence.length(); length++) {
                tokens[length] = sequence.tokenAt(length);
            }
        }
    }

    @Override
    public Drafter open(SequenceView sequence) {
        PromptKey key = PromptKey.of(sequence);
        Note known = notes.get(key);
        if (known != null) {
            return drafting(sequence, known, new SplittableRandom(key.hash()));
        }
        Note note = new Note();
        notes.put(key, note);
        return (most, target) -> {
            note.take(sequence);
            return 0;
        };
    }

    private static int wrong(int token) {
        return token == 0 ? 1 : token - 1;
    }

    private Drafter drafting(SequenceView sequence, Note note, SplittableRandom random) {
        return (most, target) -> {
            int count = Math.max(0, Math.min(most, note.length - sequence.length()));
            for (int i = 0; i < count; i++) {
                int right = note.tokens[sequence.length() + i];
                target[i] = random.nextDouble() < acceptance ? right : wrong(right);
            }
            return count;
        };
    }
}
