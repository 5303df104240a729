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
import org.jspecify.annotations.Nullable;

/** The maps of a mixer at both ends: those that read the sublayer's input, and those that write what is added to the residual. */
final class MapEnds {

    private MapEnds() {}

    /** Every map of the input, changed. */
    static Mixer reading(Mixer mixer, UnaryOperator<Linear> change) {
        return switch (mixer) {
            case Attention attention -> attention.withMaps(reading(attention.maps(), change));
            case Mlp mlp -> new Mlp(orNull(mlp.gate(), change), change.apply(mlp.up()), mlp.down(), mlp.activation());
            case Projection projection -> new Projection(change.apply(projection.map()));
            case Moe _, SharedExpert _, Recurrent _ -> throw unknown(mixer);
        };
    }

    private static Attention.Maps reading(Attention.Maps maps, UnaryOperator<Linear> change) {
        return switch (maps) {
            case Attention.Direct direct ->
                new Attention.Direct(
                        change.apply(direct.query()),
                        orNull(direct.key(), change),
                        orNull(direct.value(), change),
                        direct.output(),
                        direct.clip(),
                        orNull(direct.gate(), change));
            case LatentMaps _ -> throw unknown(maps);
        };
    }

    /** The map to the residual, changed. */
    static Mixer writing(Mixer mixer, UnaryOperator<Linear> change) {
        return switch (mixer) {
            case Attention attention -> attention.withMaps(writing(attention.maps(), change));
            case Mlp mlp -> new Mlp(mlp.gate(), mlp.up(), change.apply(mlp.down()), mlp.activation());
            case Projection projection -> new Projection(change.apply(projection.map()));
            case Moe _, SharedExpert _, Recurrent _ -> throw unknown(mixer);
        };
    }

    private static Attention.Maps writing(Attention.Maps maps, UnaryOperator<Linear> change) {
        return switch (maps) {
            case Attention.Direct direct ->
                new Attention.Direct(
                        direct.query(),
                        direct.key(),
                        direct.value(),
                        change.apply(direct.output()),
                        direct.clip(),
                        direct.gate());
            case LatentMaps _ -> throw unknown(maps);
        };
    }

    private static @Nullable Linear orNull(@Nullable Linear linear, UnaryOperator<Linear> change) {
        return linear == null ? null : change.apply(linear);
    }

    private static RuntimeException unknown(Object other) {
        return Block.refused("norms are folded into attentions and MLPs, and it has a %s"
                .formatted(other.getClass().getSimpleName()));
    }
}
