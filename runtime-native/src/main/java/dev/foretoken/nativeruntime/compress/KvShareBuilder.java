package dev.foretoken.nativeruntime.compress;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildParameter;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.BuildParameters;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets blocks read the cache of lower ones (KVSharer, Yang 2024): pairs of blocks whose average keys and values are least alike come first, and a
 * pair stays where the last hidden vectors still point where the base's do. Nothing is trained.
 */
final class KvShareBuilder implements VariantBuilder {

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
        int wanted = wanted(job, sharing);
        int length = given.number("tokens", 1, job.plan().contextTokens());
        Reading reading = Reading.ofPieces(job, length, given.number("pieces", 1, Integer.MAX_VALUE));
        KvSearch search = new KvSearch(reading, sharing, given.real("threshold", -1, 1));
        search.share(wanted, length);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("map", sharing.map());
        facts.put("wanted", wanted);
        facts.put("shared", sharing.shared());
        facts.put("tried", search.tried());
        return new RecipeOutput(search.draft()).write(facts);
    }

    private static int wanted(BuildJob job, KvSharing sharing) {
        int readers = (int)
                sharing.pairs().stream().map(KvSharing.Pair::higher).distinct().count();
        if (readers == 0) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "This %s model has no two blocks whose keys and values are of one shape"
                            .formatted(job.plan().architecture()));
        }
        return job.parameters().text("layers").isEmpty()
                ? Math.max(1, (readers + 1) / 4)
                : job.parameters().number("layers", 1, readers);
    }
}
