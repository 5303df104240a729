package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.LatentMaps;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.Projection;
import dev.foretoken.nativeruntime.plan.Recurrent;
import dev.foretoken.nativeruntime.plan.SharedExpert;
import java.util.function.UnaryOperator;

/** The maps of a mixer at both ends: those that read the sublayer's input, and those that write what is added to the residual. */
final class MapEnds {

    private MapEnds() {}

    /** Every map of the input, changed. */
    static Mixer reading(Mixer mixer, UnaryOperator<Linear> change) {
        return changed(mixer, change, UnaryOperator.identity());
    }

    /** The map to the residual, changed. */
    static Mixer writing(Mixer mixer, UnaryOperator<Linear> change) {
        return changed(mixer, UnaryOperator.identity(), change);
    }

    private static Mixer changed(Mixer mixer, UnaryOperator<Linear> reading, UnaryOperator<Linear> writing) {
        return switch (mixer) {
            case Attention attention -> attention.withMaps(changed(attention.maps(), reading, writing));
            case Mlp mlp -> mlp.changed(reading, writing);
            case Projection projection -> new Projection(writing.apply(reading.apply(projection.map())));
            case Moe _, SharedExpert _, Recurrent _ -> throw unknown(mixer);
        };
    }

    private static Attention.Maps changed(
            Attention.Maps maps, UnaryOperator<Linear> reading, UnaryOperator<Linear> writing) {
        return switch (maps) {
            case Attention.Direct direct -> direct.changed(reading, writing);
            case LatentMaps _ -> throw unknown(maps);
        };
    }

    private static RuntimeException unknown(Object other) {
        return Block.refused("norms are folded into attentions and MLPs, and it has a %s"
                .formatted(other.getClass().getSimpleName()));
    }
}
