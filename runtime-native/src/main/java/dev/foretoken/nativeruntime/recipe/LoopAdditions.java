package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.algebra.TruncatedSvd;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.LowRank;
import dev.foretoken.nativeruntime.plan.Matrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.Projection;
import dev.foretoken.nativeruntime.plan.Recurrent;
import dev.foretoken.nativeruntime.plan.SharedExpert;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The additions of low rank of one block in one round. The maps of its attention and MLP have them, numbered in order of use; experts and
 * recurrent mixers have none.
 *
 * @param rank 0: none
 */
record LoopAdditions(NewNames names, int loop, int block, int rank) {

    /** {@code sublayer} with its additions; one of a block is asked for after the other. */
    List<Sublayer> with(List<Sublayer> sublayers) {
        if (rank == 0) {
            return sublayers;
        }
        int[] number = {0};
        return sublayers.stream()
                .map(sublayer -> sublayer.withMixers(mixer -> changed(mixer, number)))
                .toList();
    }

    private Mixer changed(Mixer mixer, int[] number) {
        return switch (mixer) {
            case Attention attention
            when attention.maps() instanceof Attention.Direct maps ->
                attention.withMaps(new Attention.Direct(
                        added(maps.query(), number),
                        maps.key() == null ? null : added(maps.key(), number),
                        maps.value() == null ? null : added(maps.value(), number),
                        added(maps.output(), number),
                        maps.clip(),
                        maps.gate()));
            case Mlp mlp -> mlp.changed(linear -> added(linear, number), linear -> added(linear, number));
            case Attention other -> other;
            case Moe moe -> moe;
            case SharedExpert expert -> expert;
            case Projection projection -> projection;
            case Recurrent recurrent -> recurrent;
        };
    }

    private Linear added(Linear linear, int[] number) {
        if (linear.addition() != null) {
            throw Block.refused("loop adds to maps that have an addition already; leave out \"rank\"");
        }
        int inputs = linear.inputs();
        int outputs = linear.outputs();
        int place = number[0]++;
        if (rank > Math.min(inputs, outputs)) {
            throw Block.refused("rank %d is more than a map of [%d, %d] can have".formatted(rank, outputs, inputs));
        }
        return linear.with(new LowRank(
                new MatrixRef(name(place, "down"), rank, inputs), new MatrixRef(name(place, "up"), outputs, rank)));
    }

    private String name(int place, String part) {
        return names.of("loop%d.block%d.linear%d.%s".formatted(loop, block, place, part));
    }

    /** Additions that add nothing, to be trained. */
    List<Making> zeros(List<Sublayer> sublayers) {
        List<Making> makings = new ArrayList<>();
        for (LowRank added : additions(sublayers)) {
            makings.add(making(
                    added,
                    "zeros for round %d".formatted(loop),
                    weights -> List.of(
                            new float[Math.toIntExact(matrix(added.down()).elements())],
                            new float[Math.toIntExact(matrix(added.up()).elements())])));
        }
        return makings;
    }

    /** The nearest of the rank to what {@code kept} lacks of {@code replaced} (Eckart and Young 1936). */
    List<Making> differences(List<Sublayer> replaced, List<Sublayer> kept) {
        List<Making> makings = new ArrayList<>();
        List<LowRank> added = additions(kept);
        List<Linear> from = maps(replaced);
        List<Linear> to = maps(kept);
        for (int i = 0; i < added.size(); i++) {
            MatrixRef original = from.get(i).matrix();
            MatrixRef shared = to.get(i).matrix();
            makings.add(making(
                    added.get(i),
                    "rank %d for %s".formatted(rank, original.tensor()),
                    weights -> nearest(weights, original, shared)));
        }
        return makings;
    }

    private List<float[]> nearest(WeightReader weights, MatrixRef original, MatrixRef shared) {
        float[] lacking = weights.matrix(original);
        float[] there = weights.matrix(shared);
        for (int i = 0; i < lacking.length; i++) {
            lacking[i] -= there[i];
        }
        TruncatedSvd svd = TruncatedSvd.of(lacking, original.rows(), original.columns(), rank);
        return List.of(svd.down(), svd.up());
    }

    private static Making making(LowRank added, String label, Making.Numbers numbers) {
        return new Making(
                label, List.of(NewTensors.of(matrix(added.down())), NewTensors.of(matrix(added.up()))), numbers);
    }

    private static MatrixRef matrix(Matrix part) {
        return (MatrixRef) part;
    }

    private List<LowRank> additions(List<Sublayer> sublayers) {
        return maps(with(sublayers)).stream()
                .map(linear -> Objects.requireNonNull(linear.addition()))
                .toList();
    }

    /** Those that have additions, in order. */
    private static List<Linear> maps(List<Sublayer> sublayers) {
        List<Linear> found = new ArrayList<>();
        sublayers.forEach(sublayer -> sublayer.mixers().forEach(mixer -> found.addAll(maps(mixer))));
        return found;
    }

    private static List<Linear> maps(Mixer mixer) {
        return switch (mixer) {
            case Attention attention
            when attention.maps() instanceof Attention.Direct maps ->
                Stream.of(maps.query(), maps.key(), maps.value(), maps.output())
                        .filter(Objects::nonNull)
                        .toList();
            case Mlp mlp -> mlp.linears();
            case Attention other -> List.of();
            case Moe moe -> List.of();
            case SharedExpert expert -> List.of();
            case Projection projection -> List.of();
            case Recurrent recurrent -> List.of();
        };
    }
}
