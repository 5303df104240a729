package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.runtime.ExpertLoad;
import dev.foretoken.nativeruntime.experts.ExpertChoices;
import dev.foretoken.nativeruntime.experts.ExpertRouter;
import dev.foretoken.nativeruntime.experts.ExpertRows;
import dev.foretoken.nativeruntime.experts.StrategyTable;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.GroupedProduct;
import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@link Moe}: route, sort rows by expert, multiply each expert's rows, add up per token. */
final class ComputedMoe implements ComputedMixer {

    private final Kernels kernels;
    private final StrategyTable strategies;
    private final Activation activation;
    private final int inner;
    private final int hidden;
    private final MemorySegment logits;
    private final MemorySegment bent;
    private final MemorySegment outputs;
    private final @Nullable MemorySegment factor;
    private final MemorySegment out;
    private final SharedInput router;
    private final ExpertRouter choose;
    private final ExpertChoices choices;
    private final ExpertRows rows;
    private final List<GroupedProduct> inputs;
    private final List<GroupedProduct> down;
    private final ExpertLoad load;

    /** {@code load}: what chosen experts are counted in. */
    ComputedMoe(Moe moe, Binding binding, ExpertLoad load, MemorySegment out) {
        this.kernels = binding.kernels();
        this.strategies = binding.strategies();
        this.activation = moe.experts().getFirst().activation();
        this.inner = moe.inner();
        this.hidden = binding.hidden();
        this.out = out;
        this.load = load;
        int experts = moe.experts().size();
        int chosen = moe.routing().topK();
        int tokens = binding.work().tokens();
        MemorySegment[] parts = binding.work().cut(InnerWidths.of(moe));
        boolean gated = moe.experts().getFirst().gate() != null;
        this.bent = parts[0];
        this.factor = gated ? parts[1] : null;
        this.outputs = parts[2];
        this.logits = parts[3];
        this.choices = new ExpertChoices(experts, chosen, tokens, parts[4]);
        this.rows = new ExpertRows(experts, tokens * chosen, parts[5], parts[6]);
        VectorRef bias = moe.routing().choiceBias();
        this.choose = new ExpertRouter(
                moe.routing(), experts, bias == null ? null : binding.weights().vector(bias));
        this.router = binding.sharing(List.of(moe.router()), List.of(logits));
        this.inputs = gated
                ? List.of(grouped(moe, Mlp::gate, binding, parts[0]), grouped(moe, Mlp::up, binding, parts[1]))
                : List.of(grouped(moe, Mlp::up, binding, parts[0]));
        this.down = List.of(grouped(moe, Mlp::down, binding, outputs));
    }

    private static GroupedProduct grouped(Moe moe, Function<Mlp, Linear> map, Binding binding, MemorySegment out) {
        return binding.grouped(moe.experts().stream().map(map).toList(), out);
    }

    @Override
    public void run(StepBatch step, MemorySegment input) {
        int tokens = step.tokens();
        router.multiply(input, tokens);
        choose.route(logits, tokens, choices);
        choices.addTo(load);
        rows.arrange(choices, strategies.pick(tokens, choices.experts(), choices.perToken()));
        kernels.matmulGroups(input, rows.groups().sources(), rows.groups(), inputs);
        kernels.activate(activation, bent, factor, (long) rows.groups().rows() * inner, bent);
        kernels.matmulGroups(bent, null, rows.groups(), down);
        kernels.combine(outputs, rows.places(), choices.weights(), tokens, choices.perToken(), hidden, out);
    }
}
