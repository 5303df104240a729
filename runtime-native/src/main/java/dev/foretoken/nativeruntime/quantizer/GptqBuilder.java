package dev.foretoken.nativeruntime.quantizer;

import static dev.foretoken.nativeruntime.quantizer.QuantizerParameters.BITS;
import static dev.foretoken.nativeruntime.quantizer.QuantizerParameters.GROUP;
import static dev.foretoken.nativeruntime.quantizer.QuantizerParameters.HEAD;
import static dev.foretoken.nativeruntime.quantizer.QuantizerParameters.SYMMETRIC;

import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildParameter;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import dev.foretoken.nativeruntime.weights.Checkpoint;
import java.util.List;

/** {@code gptq}. */
final class GptqBuilder implements VariantBuilder {

    private static final BuildParameter ORDER = BuildParameter.choice(
            "act-order",
            "whether columns of large inputs are rounded first; groups stay in their order",
            "true",
            "true",
            "false");
    private static final BuildParameter DAMPING = BuildParameter.free(
            "damping",
            "added to the diagonal of the inputs' second moments, as a part of its mean, 0.000001 to 1",
            "0.01");

    @Override
    public BuildMethod method() {
        return new BuildMethod(
                "gptq",
                "rounds column by column and makes up for each error in the columns still to come, by the inputs of calibration texts (Frantar 2022)",
                List.of(BITS, GROUP, SYMMETRIC, ORDER, DAMPING, QuantizerParameters.scales("mse"), HEAD),
                true);
    }

    @Override
    public BuildResult build(BuildJob job) {
        Checkpoint base = QuantizedBuild.base(job);
        GroupFormat groups = QuantizerParameters.format(job.parameters(), QuantizedBuild.scaleType(job, base));
        boolean sorted = job.parameters().flag("act-order");
        StoredCodes codes = new StoredCodes(true);
        ColumnRounding rounding = new ColumnRounding(
                QuantizerParameters.search(job.parameters(), groups),
                codes,
                job.parameters().real("damping", 1e-6, 1),
                sorted);
        QuantizedFormat format =
                new QuantizedFormat(groups, codes, sorted, List.of("Linear"), QuantizerParameters.ignored(job));
        return new QuantizedBuild(job, base, rounding, format, QuantizerParameters.head(job)).run();
    }
}
