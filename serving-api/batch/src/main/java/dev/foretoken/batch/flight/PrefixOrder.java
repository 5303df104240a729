package dev.foretoken.batch.flight;

import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The order in which requests that were read together begin: those with the same endpoint, model and beginning of the prompt after each other, so
 * that what one of them computes is still in the cache when the next one comes.
 *
 * <p>Groups of endpoint and model keep the order in which they came. Within one, requests are sorted by the bytes that their prompts begin with,
 * which puts those next to each other that have most in common; equal ones keep their order. Bodies that are not JSON come last: they cost nothing.
 * Each body is read to {@link PromptHead#READ_BYTES} at most.
 */
public final class PrefixOrder {

    private PrefixOrder() {}

    private record Group(BatchEndpoint endpoint, String model) {}

    private record Ranked<T>(T item, int group, PromptHead head) {}

    /**
     * The same items in another order.
     *
     * @param items as they were read
     * @param request of an item
     */
    public static <T> List<T> of(List<T> items, Function<T, BatchRequest> request) {
        if (items.size() < 2) {
            return items;
        }
        Map<Group, Integer> groups = new HashMap<>();
        List<Ranked<T>> ranked = new ArrayList<>(items.size());
        for (T item : items) {
            ranked.add(rank(item, request.apply(item), groups));
        }
        ranked.sort(Comparator.comparingInt((Ranked<T> one) -> one.group()).thenComparing(Ranked::head));
        return ranked.stream().map(Ranked::item).toList();
    }

    /** The model that a request names; empty = not among what is read of its body. */
    static String model(BatchRequest request) {
        return request.model()
                .orElseGet(() ->
                        PromptHead.read(request.endpoint(), request.body()).model());
    }

    private static <T> Ranked<T> rank(T item, BatchRequest request, Map<Group, Integer> groups) {
        PromptHead head = PromptHead.read(request.endpoint(), request.body());
        if (!head.isJson()) {
            return new Ranked<>(item, Integer.MAX_VALUE, head);
        }
        Group group = new Group(request.endpoint(), request.model().orElse(head.model()));
        return new Ranked<>(item, groups.computeIfAbsent(group, any -> groups.size()), head);
    }
}
