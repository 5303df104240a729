package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.Finished;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.weights.WeightNumbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Finds what could be pruned, and how much later features change without it. A KV head is taken away and the whole model reads the calibration
 * without it. Neurons are too many for that: of every MLP all but the 32 strongest are taken away at once, and what that changes is shared out
 * among them by what each adds to the residual stream. What two of them change together is taken to be the sum.
 */
final class UnitScores {

    private final BuildJob job;
    private final Trajectory trajectory;
    private final Reading reading;
    private final Finished finished;
    private final PrunableBlocks blocks;
    private final int context;
    private final Map<String, Object> effects = new LinkedHashMap<>();

    /** {@code context}: tokens that a token looks back at, where FLOPs are counted. */
    UnitScores(Reading reading, Trajectory trajectory, Finished finished, int context) {
        this.job = reading.job();
        this.reading = reading;
        this.trajectory = trajectory;
        this.finished = finished;
        this.context = context;
        this.blocks = PrunableBlocks.of(job.plan());
    }

    /** Units that may go; of every block some heads and neurons are in none. Those of a block are in ascending order of score. */
    List<Unit> units() {
        List<Unit> units = new ArrayList<>(heads());
        Map<Integer, double[]> energies = energies();
        for (Map.Entry<Integer, Mlp> entry : blocks.mlps().entrySet()) {
            units.addAll(neurons(entry.getKey(), entry.getValue(), energies.get(entry.getKey())));
        }
        return units;
    }

    /** What taking away every KV head, and most of every MLP, changed. */
    Map<String, Object> effects() {
        return effects;
    }

    private List<Unit> heads() {
        List<Unit> units = new ArrayList<>();
        blocks.attentions().forEach((block, attention) -> {
            int all = attention.layout().kvHeads();
            long flops = PlanFigures.flops(attention, context) / all;
            List<Double> errors = new ArrayList<>();
            for (int head = 0; head < all; head++) {
                Unit unit = new Unit(Unit.Kind.KV_HEADS, block, List.of(head), 0, flops);
                Kept kept = new Kept(job.plan());
                kept.remove(unit, all);
                double error = trajectory.error(
                        "head-%d-%d".formatted(block, head), "measuring KV heads of block " + block, draft(kept));
                errors.add(error);
                units.add(new Unit(Unit.Kind.KV_HEADS, block, List.of(head), error, flops));
            }
            effects.put("kv_heads_of_block_" + block, errors);
        });
        return units;
    }

    private Draft draft(Kept kept) {
        return Draft.of(job).with(kept.operation());
    }

    /** What every neuron of every MLP adds, by block. */
    private Map<Integer, double[]> energies() {
        List<Linear> down = blocks.mlps().values().stream().map(Mlp::down).toList();
        double[] numbers = finished.numbers("neurons", () -> {
            NeuronEnergy tap = new NeuronEnergy(new HashSet<>(down));
            reading.run("measuring neurons", tap);
            WeightNumbers weights = new WeightNumbers(job.weights());
            return down.stream()
                    .flatMapToDouble(map -> Arrays.stream(tap.of(map, weights)))
                    .toArray();
        });
        Map<Integer, double[]> found = new LinkedHashMap<>();
        int at = 0;
        for (Map.Entry<Integer, Mlp> entry : blocks.mlps().entrySet()) {
            int end = at + entry.getValue().inner();
            found.put(entry.getKey(), Arrays.copyOfRange(numbers, at, end));
            at = end;
        }
        return found;
    }

    /** In groups of 32, the weakest first; the strongest group stays. */
    private List<Unit> neurons(int block, Mlp mlp, double[] energy) {
        List<Integer> order = IntStream.range(0, energy.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(neuron -> energy[neuron])
                        .thenComparing(neuron -> neuron))
                .toList();
        int last = order.size() - PrunableBlocks.GRID;
        double effect = effect(block, order.subList(last, order.size()));
        double all = sum(order.subList(0, last), energy);
        long flops = PlanFigures.flops(mlp, context) / mlp.inner();
        List<Unit> units = new ArrayList<>();
        for (int first = 0; first < last; ) {
            int over = first == 0 ? last % PrunableBlocks.GRID : 0;
            int end = first + (over == 0 ? PrunableBlocks.GRID : over);
            List<Integer> members = order.subList(first, end);
            double score = all == 0 ? 0 : effect * sum(members, energy) / all;
            units.add(new Unit(Unit.Kind.NEURONS, block, members, score, flops * members.size()));
            first = end;
        }
        return units;
    }

    /** Of an MLP that keeps these alone. */
    private double effect(int block, List<Integer> strongest) {
        Kept kept = new Kept(job.plan());
        kept.keep(new Unit(Unit.Kind.NEURONS, block, strongest, 0, 0));
        double effect = trajectory.error("mlp-" + block, "measuring the MLP of block " + block, draft(kept));
        effects.put("mlp_of_block_" + block, effect);
        return effect;
    }

    private static double sum(List<Integer> members, double[] energy) {
        return members.stream().mapToDouble(neuron -> energy[neuron]).sum();
    }
}
