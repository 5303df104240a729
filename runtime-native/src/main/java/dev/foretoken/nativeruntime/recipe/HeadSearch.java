package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Finds the heads that are most like heads of lower blocks (DirectShare, Cao 2024): of every group the one whose query and key rows, taken as
 * one vector, have the largest cosine. Looks at weights alone and always finds the same.
 */
public final class HeadSearch {

    private record Slice(HeadGroup group, float[] unit) {}

    private record Match(HeadGroup alias, HeadGroup target, double likeness) {}

    private HeadSearch() {}

    /**
     * Aliases as {@code alias-heads} takes them, the most alike first.
     *
     * @param weights numbers of a matrix, row by row
     * @param share of all groups that are to read others
     */
    public static List<List<Integer>> find(ModelPlan plan, Function<MatrixRef, float[]> weights, double share) {
        List<Slice> slices = slices(plan, weights);
        List<Match> matches = new ArrayList<>(IntStream.range(0, slices.size())
                .parallel()
                .mapToObj(i -> best(slices, i))
                .flatMap(List::stream)
                .toList());
        matches.sort(Comparator.comparingDouble(Match::likeness)
                .reversed()
                .thenComparing(match -> match.alias().block())
                .thenComparing(match -> match.alias().group()));
        return matches.stream()
                .limit(Math.round(share * slices.size()))
                .map(match -> List.of(
                        match.alias().block(),
                        match.alias().group(),
                        match.target().block(),
                        match.target().group()))
                .toList();
    }

    private static List<Slice> slices(ModelPlan plan, Function<MatrixRef, float[]> weights) {
        List<Slice> slices = new ArrayList<>();
        HeadGroup.attentions(plan).forEach((block, attention) -> {
            Attention.Direct maps = HeadGroup.maps(attention, block);
            for (int group = 0; group < attention.layout().kvHeads(); group++) {
                int keyDim = attention.layout().headDim();
                int rows = attention.layout().heads() / attention.layout().kvHeads() * keyDim;
                MatrixRef query = maps.query().matrix().rows(group * rows, rows);
                MatrixRef key = HeadGroup.own(maps.key(), block).matrix().rows(group * keyDim, keyDim);
                slices.add(new Slice(new HeadGroup(block, group), unit(weights.apply(query), weights.apply(key))));
            }
        });
        return slices;
    }

    private static float[] unit(float[] query, float[] key) {
        float[] both = Arrays.copyOf(query, query.length + key.length);
        System.arraycopy(key, 0, both, query.length, key.length);
        double squares = dot(both, both);
        float factor = squares == 0 ? 0 : (float) (1 / Math.sqrt(squares));
        for (int i = 0; i < both.length; i++) {
            both[i] *= factor;
        }
        return both;
    }

    /** Nothing in the lowest block, which has none below it. */
    private static List<Match> best(List<Slice> slices, int index) {
        Slice slice = slices.get(index);
        Match best = null;
        for (Slice other : slices.subList(0, index)) {
            if (other.group.block() < slice.group.block() && other.unit.length == slice.unit.length) {
                double likeness = dot(slice.unit, other.unit);
                if (best == null || likeness > best.likeness) {
                    best = new Match(slice.group, other.group, likeness);
                }
            }
        }
        return best == null ? List.of() : List.of(best);
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
