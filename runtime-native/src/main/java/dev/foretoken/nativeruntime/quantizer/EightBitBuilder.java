package dev.foretoken.nativeruntime.quantizer;

import static dev.foretoken.nativeruntime.quantizer.QuantizerParameters.HEAD;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildParameter;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import dev.foretoken.nativeruntime.weights.Checkpoint;
import java.util.List;

/** {@code w8a8}. */
final class EightBitBuilder implements VariantBuilder {

    private static final BuildParameter SMOOTH = BuildParameter.free(
            "smooth",
            "how much of the inputs' differences in size moves into the weights, 0 to 1; above 0 it needs calibration texts",
            "0");

    @Override
    public BuildMethod method() {
        return new BuildMethod(
                "w8a8",
                "rounds weights to 8 bits with a scale for each output, and lets inputs be rounded to 8 bits per token when it runs; with smooth, as SmoothQuant (Xiao 2023)",
                List.of(SMOOTH, QuantizerParameters.scales("minmax"), HEAD),
                false);
    }

    @Override
    public BuildResult build(BuildJob job) {
        Checkpoint base = QuantizedBuild.base(job);
        GroupFormat groups = new GroupFormat(8, 0, true, QuantizedBuild.scaleType(job, base));
        StoredCodes codes = new StoredCodes(false);
        double smooth = job.parameters().real("smooth", 0, 1);
        if (smooth > 0 && job.order().calibration().isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "smooth=%s needs calibration texts to know the inputs; name a file of them, or leave smooth out"
                            .formatted(smooth));
        }
        LevelSearch search = QuantizerParameters.search(job.parameters(), groups);
        BlockRounding rounding = smooth == 0
                ? new NearestRounding(search, codes)
                : new ScaledRounding(search, codes, new Smoothing(smooth), base.tensors()::get);
        QuantizedFormat format =
                new QuantizedFormat(groups, codes, false, List.of("Linear"), QuantizerParameters.ignored(job));
        return new QuantizedBuild(job, base, rounding, format, QuantizerParameters.head(job)).run();
    }
}
