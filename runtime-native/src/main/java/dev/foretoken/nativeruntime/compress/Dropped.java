package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.recipe.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is left out of a base.
 *
 * @param all in the order of removal
 */
record Dropped(List<Part> all) {

    static final Dropped NOTHING = new Dropped(List.of());

    /** What can be left out of a block. */
    enum Kind {
        BLOCKS,
        ATTENTION,
        MLP;

        /** As recipes name it. */
        String field() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A block's number in the base, and what of it. */
    record Part(Kind kind, int block) {}

    Dropped {
        all = List.copyOf(all);
    }

    Dropped and(Part part) {
        List<Part> more = new ArrayList<>(all);
        more.add(part);
        return new Dropped(more);
    }

    int count(Kind kind) {
        return (int) all.stream().filter(part -> part.kind == kind).count();
    }

    /** As an operation. */
    Map<String, Object> operation() {
        Map<Kind, List<Integer>> numbers = new TreeMap<>();
        for (Part part : all) {
            numbers.computeIfAbsent(part.kind, kind -> new ArrayList<>()).add(part.block);
        }
        Map<String, Object> made = Draft.operation("drop");
        numbers.forEach((kind, blocks) ->
                made.put(kind.field(), blocks.stream().sorted().toList()));
        return made;
    }

    Draft draft(Draft base) {
        return all.isEmpty() ? base : base.with(operation());
    }

    /** Where the part now is; empty where there is nothing of it left. */
    Optional<Influence.Run> runOf(Part part, ModelPlan base) {
        List<Integer> left = new ArrayList<>();
        for (int i = 0; i < base.sublayers().size(); i++) {
            if (!isGone(i, base)) {
                left.add(i);
            }
        }
        List<Integer> own = sublayers(part, base).stream()
                .filter(left::contains)
                .map(left::indexOf)
                .toList();
        return own.isEmpty() ? Optional.empty() : Optional.of(new Influence.Run(own.getFirst(), own.getLast() + 1));
    }

    private boolean isGone(int sublayer, ModelPlan base) {
        return all.stream().anyMatch(part -> sublayers(part, base).contains(sublayer));
    }

    /** Of the base. */
    private static List<Integer> sublayers(Part part, ModelPlan base) {
        Block block = Block.of(base).get(part.block);
        List<Integer> found = new ArrayList<>();
        for (int i = block.first(); i < block.end(); i++) {
            boolean named = switch (part.kind) {
                case BLOCKS -> true;
                case ATTENTION -> i == block.first();
                case MLP -> i > block.first() && isFeedForward(base, i);
            };
            if (named) {
                found.add(i);
            }
        }
        return found;
    }

    private static boolean isFeedForward(ModelPlan plan, int sublayer) {
        return plan.sublayers().get(sublayer).mixers().stream().anyMatch(Dropped::isFeedForward);
    }

    private static boolean isFeedForward(Mixer mixer) {
        return mixer instanceof Mlp || mixer instanceof Moe;
    }
}
