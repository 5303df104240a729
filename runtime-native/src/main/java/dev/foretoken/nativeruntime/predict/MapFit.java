package dev.foretoken.nativeruntime.predict;

import dev.foretoken.nativeruntime.algebra.Workers;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.Finished;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Finds which layers predict which, and the maps. What it has finished is in the scratch folder. One thread. */
final class MapFit {

    /** Bytes of sums that are held at once: more are taken in turns, each of which reads the text again. */
    private static final long MOST_BYTES = 768L << 20;

    /** The maps of one layer of the base. */
    record Layer(FittedMap keys, FittedMap values) {}

    private final BuildJob job;
    private final Prospect prospect;
    private final PairedText text;
    private final Finished finished;

    /** Whose sums were of all pairs: maps are fitted from them. */
    private @Nullable Turn searched;

    MapFit(PairedText text) {
        this.job = text.job();
        this.prospect = text.prospect();
        this.text = text;
        this.finished = new Finished(job.order().scratch());
    }

    /** The layer map with the least error of keys and values together on held-out text, among layers at most {@code reach} from the uniform one. */
    List<Integer> search(int reach) {
        int base = prospect.base().layers().size();
        int auxiliary = prospect.auxiliary().layers().size();
        List<LayerPair> pairs = LayerMap.near(base, auxiliary, reach);
        double[][] costs = new double[base][auxiliary];
        for (double[] row : costs) {
            Arrays.fill(row, Double.POSITIVE_INFINITY);
        }
        List<Turn> turns = turns("search", pairs);
        searched = turns.size() == 1 ? turns.getFirst() : null;
        for (Turn turn : turns) {
            double[] found = finished.numbers(turn.stage + "-errors", () -> errors(turn));
            for (int i = 0; i < found.length; i++) {
                costs[turn.pairs.get(i).base()][turn.pairs.get(i).auxiliary()] = found[i];
            }
        }
        return LayerMap.cheapest(costs);
    }

    private double[] errors(Turn turn) {
        PairSums sums = text.read(turn.stage, turn.pairs);
        double[] errors = new double[turn.pairs.size()];
        job.step("comparing layers", 0, errors.length);
        try (Workers workers = Workers.of(job.order().threads())) {
            workers.each(
                    errors.length,
                    i -> errors[i] = FittedMap.usualError(sums.keys(i)) + FittedMap.usualError(sums.values(i)));
        }
        return errors;
    }

    private static List<LayerPair> pairs(List<Integer> map) {
        return IntStream.range(0, map.size())
                .mapToObj(layer -> new LayerPair(layer, map.get(layer)))
                .toList();
    }

    /** Of the pairs of a layer map, in its order. */
    PairSums sums(List<Integer> map) {
        return text.read("judged", pairs(map));
    }

    /** The maps of every layer of the base. */
    List<Layer> fit(List<Integer> map) {
        List<LayerPair> wanted = pairs(map);
        Turn known = searched;
        List<Layer> layers = new ArrayList<>();
        for (Turn turn : known == null ? turns("fit", wanted) : List.of(known)) {
            layers.addAll(
                    fitted(turn, wanted.stream().filter(turn.pairs::contains).toList()));
        }
        return layers;
    }

    private List<Layer> fitted(Turn turn, List<LayerPair> wanted) {
        boolean all = wanted.stream().allMatch(pair -> finished.has(keys(pair)) && finished.has(values(pair)));
        PairSums sums = all ? new PairSums(List.of(), prospect) : text.read(turn.stage, turn.pairs);
        Layer[] found = new Layer[wanted.size()];
        job.step("fitting maps", 0, found.length);
        try (Workers workers = Workers.of(job.order().threads())) {
            workers.each(found.length, i -> found[i] = one(wanted.get(i), turn, sums));
        }
        return List.of(found);
    }

    private Layer one(LayerPair pair, Turn turn, PairSums sums) {
        int index = turn.pairs.indexOf(pair);
        double[] keys = finished.numbers(
                keys(pair),
                () -> FittedMap.of(sums.keys(index), "keys of layer " + pair.base())
                        .numbers());
        double[] values = finished.numbers(
                values(pair),
                () -> FittedMap.of(sums.values(index), "values of layer " + pair.base())
                        .numbers());
        return new Layer(
                FittedMap.of(keys, prospect.keys().base().get(pair.base())),
                FittedMap.of(values, prospect.values().base().get(pair.base())));
    }

    private static String keys(LayerPair pair) {
        return "keys-%d-of-%d".formatted(pair.base(), pair.auxiliary());
    }

    private static String values(LayerPair pair) {
        return "values-%d-of-%d".formatted(pair.base(), pair.auxiliary());
    }

    /** Pairs whose sums are held at once. */
    private record Turn(String stage, List<LayerPair> pairs) {}

    private List<Turn> turns(String stage, List<LayerPair> pairs) {
        List<Turn> turns = new ArrayList<>();
        List<LayerPair> next = new ArrayList<>();
        long bytes = 0;
        for (LayerPair pair : pairs) {
            long more = PairSums.bytes(pair, prospect);
            if (!next.isEmpty() && bytes + more > MOST_BYTES) {
                turns.add(new Turn(stage + "-" + turns.size(), List.copyOf(next)));
                next.clear();
                bytes = 0;
            }
            next.add(pair);
            bytes += more;
        }
        turns.add(new Turn(stage + "-" + turns.size(), List.copyOf(next)));
        return turns;
    }
}
