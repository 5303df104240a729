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

/** {@code awq}. */
final class AwqBuilder implements VariantBuilder {

    private static final BuildParameter STEPS =
            BuildParameter.free("steps", "exponents tried between 0 and 1, 1 to 100", "20");

    @Override
    public BuildMethod method() {
        return new BuildMethod(
                "awq",
                "scales columns by the size of their inputs on calibration texts, cuts off what is not worth its range, and rounds to nearest (Lin 2023)",
                List.of(BITS, GROUP, SYMMETRIC, STEPS, QuantizerParameters.scales("mse"), HEAD),
                true);
    }

    @Override
    public BuildResult build(BuildJob job) {
        Checkpoint base = QuantizedBuild.base(job);
        GroupFormat groups = QuantizerParameters.format(job.parameters(), QuantizedBuild.scaleType(job, base));
        StoredCodes codes = new StoredCodes(true);
        ScaledRounding rounding = new ScaledRounding(
                QuantizerParameters.search(job.parameters(), groups),
                codes,
                new ActivationAware(groups, job.parameters().number("steps", 1, 100)),
                base.tensors()::get);
        QuantizedFormat format =
                new QuantizedFormat(groups, codes, false, List.of("Linear"), QuantizerParameters.ignored(job));
        return new QuantizedBuild(job, base, rounding, format, QuantizerParameters.head(job)).run();
    }
}
