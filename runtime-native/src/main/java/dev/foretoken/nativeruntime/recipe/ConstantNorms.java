package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Head;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes norms as what they are where their statistics are constants (RepBN, Guo 2024; Unified Normalization, Yang 2022): {@code x * scale +
 * shift} per element. The numbers are in the recipe's own file beside what training left of the model: for the norm whose weight is NAME, the
 * tensors NAME.scale and NAME.shift.
 */
record ConstantNorms() implements Operation {

    static final String NAME = "constant-norms";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outcome apply(ModelPlan plan, NewNames names) {
        List<Sublayer> sublayers = plan.sublayers().stream()
                .map(sublayer -> new Sublayer(
                        sublayer.norms().stream()
                                .map(norm -> constant(norm, names))
                                .toList(),
                        sublayer.residualScale(),
                        sublayer.mixers(),
                        sublayer.route()))
                .toList();
        Head head = plan.output();
        Norm last = head.norm();
        Head constant = new Head(
                last == null ? null : constant(last, names), head.weight(), head.bias(), head.scale(), head.softCap());
        ModelPlan made = new ModelPlan(plan.architecture(), plan.contextTokens(), plan.input(), sublayers, constant);
        return new Outcome(made, "took %d norms as constant".formatted(count(made)));
    }

    private static Norm constant(Norm norm, NewNames names) {
        String name = norm.weight().tensor();
        int size = norm.weight().size();
        return new Norm(
                Norm.Kind.AFFINE,
                norm.placement(),
                new VectorRef(names.of(name + ".scale"), size),
                new VectorRef(names.of(name + ".shift"), size),
                0);
    }

    /** Norms of sublayers and the last one. */
    static int count(ModelPlan plan) {
        @Nullable Norm last = plan.output().norm();
        return plan.sublayers().stream()
                        .mapToInt(sublayer -> sublayer.norms().size())
                        .sum()
                + (last == null ? 0 : 1);
    }
}
