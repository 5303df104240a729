package dev.foretoken.scheduler;

import dev.foretoken.contract.request.Priority;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is admitted next: the most urgent class; in it the tenant that was served least (virtual token counter: Sheng et al. 2024, "Fairness
 * in Serving Large Language Models"); of it the oldest sequence, or one whose first token is urgent. Generated tokens count double, as they
 * occupy a row each.
 */
final class WaitingQueue {

    static final int PROMPT_WEIGHT = 1;
    static final int GENERATED_WEIGHT = 2;

    private final List<TenantLines> classes = new ArrayList<>();
    private final Promptness promptness;
    /** How many wait, by class. */
    private final int[] sizes = new int[Priority.values().length];

    private int size;

    WaitingQueue(Promptness promptness) {
        this.promptness = promptness;
        for (int i = 0; i < Priority.values().length; i++) {
            classes.add(new TenantLines());
        }
    }

    int size() {
        return size;
    }

    /** How many wait of class {@code least} and above. */
    int upTo(Priority least) {
        int count = 0;
        for (int i = 0; i <= least.ordinal(); i++) {
            count += sizes[i];
        }
        return count;
    }

    /** A sequence comes into being. */
    void enter(Sequence sequence) {
        lines(sequence).enter(tenant(sequence));
    }

    /** A sequence has ended. */
    void leave(Sequence sequence) {
        lines(sequence).leave(tenant(sequence));
    }

    void add(Sequence sequence) {
        lines(sequence).line(tenant(sequence)).add(sequence);
        size++;
        sizes[sequence.priority().ordinal()]++;
    }

    void remove(Sequence sequence) {
        lines(sequence).line(tenant(sequence)).remove(sequence);
        size--;
        sizes[sequence.priority().ordinal()]--;
    }

    void charge(Sequence sequence, int tokens, int weight) {
        lines(sequence).line(tenant(sequence)).charge((long) tokens * weight);
    }

    @Nullable
    Sequence head() {
        for (int i = 0; size > 0 && i < classes.size(); i++) {
            Sequence head = classes.get(i).head(promptness);
            if (head != null) {
                return head;
            }
        }
        return null;
    }

    /** The last in the order of admission that holds shared blocks, or null. */
    @Nullable
    Sequence lastHolding() {
        Sequence last = null;
        for (TenantLines lines : classes) {
            Sequence candidate = lines.lastHolding();
            last = candidate == null ? last : candidate;
        }
        return last;
    }

    private TenantLines lines(Sequence sequence) {
        return classes.get(sequence.priority().ordinal());
    }

    private static String tenant(Sequence sequence) {
        return sequence.request().identity().tenant();
    }
}
