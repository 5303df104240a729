package dev.foretoken.bench.serve;

import dev.foretoken.bench.client.Ending;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where every request of a run went. The seven counts after {@code sent} sum to it.
 *
 * @param completed meant whole and came whole
 * @param cancelled this client left as planned
 * @param completedBeforeCancel was to be cancelled, but ended before its moment came
 * @param malformedRefused wrong on purpose and answered with a 4xx status
 * @param malformedAccepted wrong on purpose and answered as if it were right
 * @param failed any other ending, by kind in {@code failures}
 * @param unaccounted requests whose end this client never saw; anything but 0 is an error of this tool
 * @param resent requests sent twice because a reused connection was already closed
 * @param failures count by {@link Ending#key()}
 * @param examples one message for each kind of failure
 */
record Account(
        int sent,
        int completed,
        int cancelled,
        int completedBeforeCancel,
        int malformedRefused,
        int malformedAccepted,
        int failed,
        int unaccounted,
        int resent,
        Map<String, Integer> failures,
        Map<String, String> examples) {

    /** @param sent how many requests were sent, counted where they are sent */
    static Account of(int sent, List<CallRecord> calls) {
        int[] counts = new int[Fate.values().length];
        Map<String, Integer> failures = new TreeMap<>();
        Map<String, String> examples = new TreeMap<>();
        int resent = 0;
        for (CallRecord call : calls) {
            Fate fate = Fate.of(call.intent(), call.ending());
            counts[fate.ordinal()]++;
            resent += call.resends();
            if (fate == Fate.FAILED) {
                failures.merge(call.ending().key(), 1, Integer::sum);
                examples.putIfAbsent(call.ending().key(), call.ending().detail());
            }
        }
        return new Account(
                sent,
                counts[Fate.COMPLETED.ordinal()],
                counts[Fate.CANCELLED.ordinal()],
                counts[Fate.COMPLETED_BEFORE_CANCEL.ordinal()],
                counts[Fate.MALFORMED_REFUSED.ordinal()],
                counts[Fate.MALFORMED_ACCEPTED.ordinal()],
                counts[Fate.FAILED.ordinal()],
                sent - calls.size(),
                resent,
                failures,
                examples);
    }

    /** Whether every request ended as it was meant to. */
    boolean clean() {
        return failed == 0 && malformedAccepted == 0 && unaccounted == 0;
    }
}
