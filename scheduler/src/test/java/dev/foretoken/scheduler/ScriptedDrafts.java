package dev.foretoken.scheduler;

import dev.foretoken.contract.fake.FakeReference;
import dev.foretoken.contract.runtime.SequenceView;
import dev.foretoken.scheduler.draft.DraftSource;
import dev.foretoken.scheduler.draft.Drafter;
import java.util.List;
import java.util.random.RandomGenerator;

/** Proposes what the reference answers, each token with the same chance, and anything otherwise. */
final class ScriptedDrafts implements DraftSource {

    private final FakeReference reference;
    private final int vocabulary;
    private final RandomGenerator random;
    private final double acceptance;
    private final boolean wholeDrafts;

    /** {@code wholeDrafts}: always as many tokens as are wanted, else also fewer. */
    ScriptedDrafts(
            FakeReference reference, int vocabulary, RandomGenerator random, double acceptance, boolean wholeDrafts) {
        this.reference = reference;
        this.vocabulary = vocabulary;
        this.random = random;
        this.acceptance = acceptance;
        this.wholeDrafts = wholeDrafts;
    }

    @Override
    public Drafter open(SequenceView view) {
        Sequence sequence = (Sequence) view;
        List<Integer> answer = reference.tokens(sequence.request(), sequence.choice());
        return (most, target) -> {
            int count = wholeDrafts ? most : random.nextInt(most + 1);
            for (int i = 0; i < count; i++) {
                int index = sequence.generated() + i;
                boolean right = index < answer.size() && random.nextDouble() < acceptance;
                target[i] = right ? answer.get(index) : random.nextInt(vocabulary);
            }
            return count;
        };
    }
}
