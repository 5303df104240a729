package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import java.util.List;
import java.util.Map;

/** {@code kv-int8}: the base, opened with another cache. */
final class CacheBuilder implements VariantBuilder {

    @Override
    public BuildMethod method() {
        return new BuildMethod(
                "kv-int8",
                "keeps keys and values in 8 bits with a scale per token; weights are the base's",
                List.of(),
                false);
    }

    @Override
    public boolean makesFiles() {
        return false;
    }

    @Override
    public BuildResult build(BuildJob job) {
        return new BuildResult(
                BuildResult.Output.SETTINGS,
                Map.of("kv_cache_dtype", "int8"),
                Map.of("attentions", job.plan().attentions().size()));
    }
}
