package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.LatentMaps;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.Projection;
import dev.foretoken.nativeruntime.plan.Recurrent;
import dev.foretoken.nativeruntime.plan.SharedExpert;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Changes the maps of attentions, MLPs and projections whose weight is a tensor of certain names. Experts, which are computed together,
 * maps of latent attention and recurrent layers stay.
 *
 * @param names in which {@code *} stands for anything
 */
public record LinearEdit(List<String> names) {

    public LinearEdit {
        names = List.copyOf(names);
    }

    /** Every map of these names, changed. */
    ModelPlan changed(ModelPlan plan, UnaryOperator<Linear> change) {
        UnaryOperator<Linear> where = linear -> names(linear) ? change.apply(linear) : linear;
        List<Sublayer> sublayers = plan.sublayers().stream()
                .map(sublayer -> sublayer.withMixers(mixer -> changed(mixer, where)))
                .toList();
        return plan.withSublayers(sublayers);
    }

    /**
     * The matrices of these names, in order of first use.
     *
     * @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID where there is none
     */
    public SequencedSet<MatrixRef> found(ModelPlan plan) {
        SequencedSet<MatrixRef> found = new LinkedHashSet<>();
        changed(plan, linear -> {
            found.add(linear.matrix());
            return linear;
        });
        if (found.isEmpty()) {
            throw Block.refused("no map of an attention or MLP has a weight named " + names);
        }
        return found;
    }

    private boolean names(Linear linear) {
        return linear.weight() instanceof MatrixRef ref && names.stream().anyMatch(name -> matches(name, ref.tensor()));
    }

    private static boolean matches(String name, String tensor) {
        String pattern = Pattern.compile("\\*")
                .splitAsStream(name + " ")
                .map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        return (tensor + " ").matches(pattern);
    }

    /** Every map of a mixer that is not computed together with others of its kind, changed. */
    static Mixer changed(Mixer mixer, UnaryOperator<Linear> change) {
        return switch (mixer) {
            case Attention attention -> attention.withMaps(changed(attention.maps(), change));
            case Mlp mlp -> mlp.changed(change, change);
            case SharedExpert shared -> shared;
            case Projection projection -> new Projection(change.apply(projection.map()));
            case Moe moe -> moe;
            case Recurrent recurrent -> recurrent;
        };
    }

    private static Attention.Maps changed(Attention.Maps maps, UnaryOperator<Linear> change) {
        return switch (maps) {
            case Attention.Direct direct -> direct.changed(change, change);
            case LatentMaps latent -> latent;
        };
    }

    /** What names of new tensors begin with: that of the tensor, and where a view of it begins. */
    public static String stem(MatrixRef ref) {
        return ref.isWhole()
                ? ref.tensor()
                : "%s@%d".formatted(ref.tensor(), ref.view().offset());
    }

    /** The name of the tensor that a {@link #stem} begins with. */
    static String tensorOf(String stem) {
        return stem.replaceFirst("@[0-9]+$", "");
    }
}
