package dev.foretoken.nativeruntime.quantizer;

import static dev.foretoken.nativeruntime.quantizer.QuantizerParameters.BITS;
import static dev.foretoken.nativeruntime.quantizer.QuantizerParameters.GROUP;
import static dev.foretoken.nativeruntime.quantizer.QuantizerParameters.HEAD;
import static dev.foretoken.nativeruntime.quantizer.QuantizerParameters.SYMMETRIC;

import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import dev.foretoken.nativeruntime.weights.Checkpoint;
import java.util.List;

/** {@code rtn}. */
final class NearestBuilder implements VariantBuilder {

    @Override
    public BuildMethod method() {
        return new BuildMethod(
                "rtn",
                "rounds every weight of attention and MLPs to the nearest integer times the scale of its group",
                List.of(BITS, GROUP, SYMMETRIC, QuantizerParameters.scales("minmax"), HEAD),
                false);
    }

    @Override
    public BuildResult build(BuildJob job) {
        Checkpoint base = QuantizedBuild.base(job);
        GroupFormat groups = QuantizerParameters.format(job.parameters(), QuantizedBuild.scaleType(job, base));
        StoredCodes codes = new StoredCodes(true);
        NearestRounding rounding = new NearestRounding(QuantizerParameters.search(job.parameters(), groups), codes);
        QuantizedFormat format =
                new QuantizedFormat(groups, codes, false, List.of("Linear"), QuantizerParameters.ignored(job));
        return new QuantizedBuild(job, base, rounding, format, QuantizerParameters.head(job)).run();
    }
}
