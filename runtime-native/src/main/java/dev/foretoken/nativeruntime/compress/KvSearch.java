package dev.foretoken.nativeruntime.compress;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.Finished;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Tries pairs of blocks, the least alike first, and keeps those with which the last hidden vectors stay near the base's. */
final class KvSearch {

    /** {@code distance}: between average keys and values. */
    private record Ranked(KvSharing.Pair pair, double distance) {}

    private final BuildJob job;
    private final Reading reading;
    private final KvSharing sharing;
    private final double threshold;
    private final Finished finished;
    private final LastHidden last;
    private final List<Map<String, Object>> tried = new ArrayList<>();

    /** {@code threshold}: least cosine for a pair to stay. */
    KvSearch(Reading reading, KvSharing sharing, double threshold) {
        this.job = reading.job();
        this.reading = reading;
        this.sharing = sharing;
        this.threshold = threshold;
        this.finished = new Finished(job.order().scratch());
        this.last = new LastHidden(reading, finished);
    }

    /**
     * Goes on until so many blocks read others, or no pair is left.
     *
     * @param length tokens of every piece of text
     * @throws ForetokenException CONFIG_INVALID where not one pair stays
     */
    void share(int wanted, int length) {
        for (Ranked next : ranked(length)) {
            if (sharing.shared() < wanted && sharing.canShare(next.pair)) {
                job.step("trying pairs of blocks", sharing.shared(), wanted);
                take(next);
            }
        }
        if (sharing.shared() == 0) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "no pair of blocks keeps a cosine of %s with the base; lower the threshold".formatted(threshold));
        }
    }

    private void take(Ranked next) {
        KvSharing.Pair pair = next.pair;
        sharing.share(pair);
        double cosine = last.cosine("pair-" + tried.size(), draft());
        boolean kept = cosine >= threshold;
        if (!kept) {
            sharing.unshare(pair);
        }
        tried.add(Map.of(
                "block",
                pair.higher(),
                "reads",
                pair.lower(),
                "distance",
                next.distance,
                "cosine",
                cosine,
                "kept",
                kept));
        String what = kept ? "kept" : "undone";
        job.watch()
                .log("block %d reads block %d: distance %.4f, cosine %.4f, %s"
                        .formatted(pair.higher(), pair.lower(), next.distance, cosine, what));
    }

    Draft draft() {
        return Draft.of(job).with(Draft.operation("kv-map", "map", sharing.map()));
    }

    /** All pairs in the order in which they were tried. */
    List<Map<String, Object>> tried() {
        return List.copyOf(tried);
    }

    /** The least alike first. */
    private List<Ranked> ranked(int length) {
        List<KvSharing.Pair> pairs = sharing.pairs();
        double[] distances = finished.numbers("distances", () -> {
            KvAverages averages = new KvAverages(length);
            reading.run("averaging keys and values", averages);
            return pairs.stream()
                    .mapToDouble(pair ->
                            averages.distance(sharing.attention(pair.higher()), sharing.attention(pair.lower())))
                    .toArray();
        });
        List<Ranked> ranked = new ArrayList<>();
        for (int i = 0; i < distances.length; i++) {
            ranked.add(new Ranked(pairs.get(i), distances[i]));
        }
        ranked.sort(Comparator.comparingDouble(Ranked::distance)
                .reversed()
                .thenComparing(entry -> entry.pair.higher())
                .thenComparing(entry -> entry.pair.lower()));
        return ranked;
    }
}
