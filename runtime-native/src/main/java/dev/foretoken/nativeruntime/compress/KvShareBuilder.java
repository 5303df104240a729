package dev.foretoken.nativeruntime.compress;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildParameter;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.BuildParameters;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets blocks read the cache of lower ones (KVSharer, Yang 2024): pairs of blocks whose average keys and values are least alike come first, and a
 * pair stays where the last hidden vectors still point where the base's do. Nothing is trained.
 */
final class KvShareBuilder implements VariantBuilder {

    /** {@code distance}: between average keys and values. */
    private record Ranked(KvSharing.Pair pair, double distance) {}

    @Override
    public BuildMethod method() {
        return new BuildMethod(
                "kv-share",
                "lets blocks read the keys and values of lower blocks that are least like theirs",
                List.of(
                        BuildParameter.free("layers", "blocks that shall store none; empty: a quarter of them", ""),
                        BuildParameter.free(
                                "threshold",
                                "least mean cosine, -1 to 1, of last hidden vectors with the base's, for a pair to stay",
                                "0.5"),
                        BuildParameter.free("pieces", "pieces of calibration text that are read", "30"),
                        BuildParameter.free("tokens", "tokens of a piece", "64")),
                true);
    }

    @Override
    public BuildResult build(BuildJob job) {
        BuildParameters given = job.parameters();
        KvSharing sharing = new KvSharing(job.plan());
        List<KvSharing.Pair> pairs = sharing.pairs();
        int blocks = (int) pairs.stream().map(KvSharing.Pair::higher).distinct().count();
        if (pairs.isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "This %s model has no two blocks whose keys and values are of one shape"
                            .formatted(job.plan().architecture()));
        }
        int wanted = given.text("layers").isEmpty() ? Math.max(1, (blocks + 1) / 4) : given.number("layers", 1, blocks);
        double threshold = given.real("threshold", -1, 1);
        int length = given.number("tokens", 1, job.plan().contextTokens());
        Reading reading = Reading.ofPieces(job, length, given.number("pieces", 1, Integer.MAX_VALUE));
        Finished finished = new Finished(job.order().scratch());
        List<Ranked> ranked = ranked(sharing, pairs, reading, length, finished);
        List<Map<String, Object>> tried =
                share(sharing, ranked, wanted, threshold, new LastHidden(reading, finished), job);
        if (sharing.shared() == 0) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "no pair of %d blocks keeps a cosine of %s with the base; lower the threshold"
                            .formatted(blocks + 1, threshold));
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("map", sharing.map());
        facts.put("wanted", wanted);
        facts.put("shared", sharing.shared());
        facts.put("tried", tried);
        return new RecipeOutput(draft(job, sharing)).write(facts);
    }

    private static Draft draft(BuildJob job, KvSharing sharing) {
        return Draft.of(job).with(Draft.operation("kv-map", "map", sharing.map()));
    }

    /** The least alike first. */
    private static List<Ranked> ranked(
            KvSharing sharing, List<KvSharing.Pair> pairs, Reading reading, int length, Finished finished) {
        double[] distances = finished.numbers("distances", () -> {
            KvAverages averages = new KvAverages(length);
            reading.run("averaging keys and values", reading.job().plan(), averages);
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

    private static List<Map<String, Object>> share(
            KvSharing sharing, List<Ranked> ranked, int wanted, double threshold, LastHidden last, BuildJob job) {
        List<Map<String, Object>> tried = new ArrayList<>();
        for (Ranked next : ranked) {
            if (sharing.shared() == wanted) {
                break;
            }
            KvSharing.Pair pair = next.pair;
            if (!sharing.canShare(pair)) {
                continue;
            }
            job.step("trying pairs of blocks", sharing.shared(), wanted);
            sharing.share(pair);
            double cosine =
                    last.cosine("pair-" + tried.size(), draft(job, sharing).plan());
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
            job.watch()
                    .log("block %d reads block %d: distance %.4f, cosine %.4f, %s"
                            .formatted(pair.higher(), pair.lower(), next.distance, cosine, kept ? "kept" : "undone"));
        }
        return tried;
    }
}
