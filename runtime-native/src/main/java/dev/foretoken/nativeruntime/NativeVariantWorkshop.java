package dev.foretoken.nativeruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildOrder;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.contract.runtime.VariantWorkshop;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.BuildParameters;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import dev.foretoken.nativeruntime.compress.RecipeBuilders;
import dev.foretoken.nativeruntime.predict.PredictionBuilder;
import dev.foretoken.nativeruntime.quantizer.Quantizers;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the builder of a method, opens the base for it, and checks what it was ordered. */
public final class NativeVariantWorkshop implements VariantWorkshop {

    /** One line each, in the order in which people read them. */
    private static final List<VariantBuilder> BUILDERS = Stream.of(
                    Quantizers.all(),
                    RecipeBuilders.all(),
                    List.<VariantBuilder>of(new PredictionBuilder(new AuxiliaryOpener())))
            .flatMap(List::stream)
            .toList();

    private final List<VariantBuilder> builders;

    public NativeVariantWorkshop() {
        this(BUILDERS);
    }

    NativeVariantWorkshop(List<VariantBuilder> builders) {
        this.builders = List.copyOf(builders);
    }

    @Override
    public List<BuildMethod> methods() {
        return builders.stream().map(VariantBuilder::method).toList();
    }

    @Override
    public BuildResult build(BuildOrder order, BuildWatch watch) {
        VariantBuilder builder = builderOf(order.method());
        BuildParameters parameters = BuildParameters.of(builder.method(), order.parameters());
        if (builder.method().needsCalibration() && order.calibration().isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "%s needs calibration text and was given none; name a file of texts like those the model will read"
                            .formatted(order.method()));
        }
        try (OpenedModel base = OpenedModel.open(order.base())) {
            requireTokens(order, base.plan().vocabularySize());
            requireNoPrediction(builder, base);
            return builder.build(new BuildJob(order, parameters, base.plan(), base.weights(), watch));
        }
    }

    private VariantBuilder builderOf(String method) {
        for (VariantBuilder builder : builders) {
            if (builder.method().name().equals(method)) {
                return builder;
            }
        }
        String known = methods().stream().map(BuildMethod::name).collect(Collectors.joining(", "));
        throw new ForetokenException(
                ErrorCode.CONFIG_INVALID, "there is no method %s; there are %s".formatted(method, known));
    }

    private static void requireNoPrediction(VariantBuilder builder, OpenedModel base) {
        if (base.prediction() != null && builder.makesFiles()) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "%s cannot be built from a variant with a prediction, whose maps fit that variant alone; build it from the variant that this one was made of, and predict for the result"
                            .formatted(builder.method().name()));
        }
    }

    private static void requireTokens(BuildOrder order, int vocabulary) {
        for (int[] sequence : order.calibration()) {
            for (int token : sequence) {
                if (token < 0 || token >= vocabulary) {
                    throw new ForetokenException(
                            ErrorCode.CONFIG_INVALID,
                            "calibration token %d is not of this model, whose ids are below %d; tokenize with its own tokenizer"
                                    .formatted(token, vocabulary));
                }
            }
        }
    }
}
