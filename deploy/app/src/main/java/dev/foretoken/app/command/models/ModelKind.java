package dev.foretoken.app.command.models;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.registry.ModelSummary;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.name.VariantRef;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What a model is made for, in one or two words. */
final class ModelKind {

    private static final String DECODER = "decoder";
    private static final Set<ModelTask> OF_TEXTS = EnumSet.of(ModelTask.EMBED, ModelTask.RERANK, ModelTask.CLASSIFY);

    private ModelKind() {}

    /** Of the newest version, as it was imported; {@code -} where that is not there any more. */
    static String of(Registry registry, ModelSummary model) {
        try {
            return of(registry, registry.variant(VariantRef.base(model.name(), model.newest())));
        } catch (ForetokenException e) {
            return "-";
        }
    }

    /** Every format but that of graphs holds models that generate. */
    private static String of(Registry registry, VariantDetail variant) {
        return variant.config().format() == VariantConfig.Format.ONNX
                ? of(() -> GraphText.estimate(registry, variant))
                : DECODER;
    }

    /** Of a graph; one that cannot be served is a line of the list like every other. */
    static String of(Supplier<Optional<RuntimeEstimate>> estimate) {
        try {
            return estimate.get().map(ModelKind::of).orElse("graph");
        } catch (RuntimeException e) {
            return "graph, refused";
        }
    }

    private static String of(RuntimeEstimate estimate) {
        if (estimate.tasks().contains(ModelTask.GENERATE)) {
            return DECODER;
        }
        String ofTexts = OF_TEXTS.stream()
                .filter(estimate.tasks()::contains)
                .map(task -> task.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        return ofTexts.isEmpty() ? "tensors" : "encoder: " + ofTexts;
    }
}
