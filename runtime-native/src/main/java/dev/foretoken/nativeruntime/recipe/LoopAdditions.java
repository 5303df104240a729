package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.LowRank;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.Projection;
import dev.foretoken.nativeruntime.plan.Recurrent;
import dev.foretoken.nativeruntime.plan.SharedExpert;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.util.List;

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
            case Mlp mlp ->
                new Mlp(
                        mlp.gate() == null ? null : added(mlp.gate(), number),
                        added(mlp.up(), number),
                        added(mlp.down(), number),
                        mlp.activation());
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
}
