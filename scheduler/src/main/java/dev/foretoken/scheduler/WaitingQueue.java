package dev.foretoken.scheduler;

import dev.foretoken.contract.request.Priority;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is admitted next: the most urgent class; in it the tenant that was served least (virtual token counter: Sheng et al. 2024, "Fairness
 * in Serving Large Language Models"), each by its weight; of it the oldest sequence, or one whose first token is urgent. Generated tokens
 * count double, as they occupy a row each. The same counters say whose prompts come first in a step.
 */
final class WaitingQueue {

    static final int PROMPT_WEIGHT = 1;
    static final int GENERATED_WEIGHT = 2;

    private final List<TenantLines> classes = new ArrayList<>();
    private final Promptness promptness;
    /** How many wait, by class. */
    private final int[] sizes = new int[Priority.values().length];

    /** The counter of the tenant whose turn it is, by class. */
    private final long[] least = new long[Priority.values().length];

    private boolean several;
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

    /** How many wait beside {@code sequence} for what it would get: those of higher classes, and of its own class those of its tenant. */
    int beside(Sequence sequence) {
        int ofClass = sequence.priority().ordinal();
        int own = sequence.line().size();
        return classes.get(ofClass).several()
                ? upTo(sequence.priority()) - sizes[ofClass] + own
                : upTo(sequence.priority());
    }

    /** Finds out whose turn it is in each class, given the running prompts, for {@link #leads}. */
    void turn(List<Sequence> prompts) {
        several = false;
        for (int i = 0; i < least.length; i++) {
            least[i] = classes.get(i).several() ? classes.get(i).leastWaiting() : Long.MAX_VALUE;
            several |= classes.get(i).several();
        }
        for (int i = 0; several && i < prompts.size(); i++) {
            int ofClass = prompts.get(i).priority().ordinal();
            least[ofClass] = Math.min(least[ofClass], prompts.get(i).line().served());
        }
    }

    /** Whether tenants share a class: only then is there an order between them. */
    boolean several() {
        return several;
    }

    /** How many wait of the tenant and class of which most do. */
    int longest() {
        int longest = 0;
        for (int i = 0; i < classes.size(); i++) {
            longest = Math.max(longest, sizes[i] > longest ? classes.get(i).longest() : 0);
        }
        return longest;
    }

    /** Whether no tenant of its class that wants tokens for prompts was served less than that of {@code sequence}. */
    boolean leads(Sequence sequence) {
        return !several || sequence.line().served() <= least[sequence.priority().ordinal()];
    }

    /** A sequence comes into being. */
    void enter(Sequence sequence) {
        String tenant = sequence.request().identity().tenant();
        sequence.line(lines(sequence).enter(tenant, sequence.request().service().weight()));
    }

    /** A sequence has ended. */
    void leave(Sequence sequence) {
        lines(sequence).leave(sequence.line());
    }

    void add(Sequence sequence) {
        lines(sequence).add(sequence.line(), sequence);
        size++;
        sizes[sequence.priority().ordinal()]++;
    }

    void remove(Sequence sequence) {
        sequence.line().remove(sequence);
        size--;
        sizes[sequence.priority().ordinal()]--;
    }

    void charge(Sequence sequence, int tokens, int weight) {
        sequence.line().charge((long) tokens * weight);
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
}
