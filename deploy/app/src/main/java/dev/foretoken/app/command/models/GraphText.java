package dev.foretoken.app.command.models;

import dev.foretoken.app.config.EngineSettings;
import dev.foretoken.app.engine.EngineHost;
import dev.foretoken.app.terminal.PlainText;
import dev.foretoken.app.terminal.PortsText;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.content.VariantConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What an exported graph can be asked for, as the runtime that would open it tells from its headers.
 *
 * @param serves empty for every other format, and for a graph of which nothing is told before it is loaded
 * @param refusal why it cannot be served
 */
record GraphText(List<String> serves, Optional<String> refusal) {

    GraphText {
        serves = List.copyOf(serves);
    }

    static GraphText of(Registry registry, VariantDetail variant) {
        if (variant.config().format() != VariantConfig.Format.ONNX) {
            return new GraphText(List.of(), Optional.empty());
        }
        return of(() -> estimate(registry, variant));
    }

    /** From its headers. @throws ForetokenException for a graph that cannot be served */
    static Optional<RuntimeEstimate> estimate(Registry registry, VariantDetail variant) {
        ModelSource source = new ModelSource(
                variant.ref().toString(),
                registry.look(variant.ref()).model().toUri(),
                variant.manifest().toString());
        return EngineHost.estimate(EngineSettings.DEFAULT, source, RuntimeOptions.DEFAULT);
    }

    /** Whatever goes wrong is told, not thrown: the model is in the registry. */
    static GraphText of(Supplier<Optional<RuntimeEstimate>> estimate) {
        try {
            return new GraphText(estimate.get().map(GraphText::told).orElse(List.of()), Optional.empty());
        } catch (ForetokenException e) {
            return new GraphText(List.of(), Optional.of(PlainText.of(String.valueOf(e.getMessage()))));
        } catch (RuntimeException e) {
            return new GraphText(
                    List.of(), Optional.of("its headers cannot be made sense of: " + PlainText.of(e.toString())));
        }
    }

    private static List<String> told(RuntimeEstimate estimate) {
        List<String> lines = new ArrayList<>();
        lines.add(estimate.tasks().stream()
                .sorted()
                .map(task -> task.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ")));
        if (estimate.facts() instanceof RuntimeEstimate.Facts.Tensors tensors) {
            tensors.signature().map(PortsText::of).ifPresent(lines::add);
        }
        return lines;
    }

    /** The model's own word for what it is, or that it is a graph. */
    static String architecture(VariantConfig config) {
        return Optional.of(config.architecture())
                .filter(word -> !word.isEmpty())
                .orElse(config.format() == VariantConfig.Format.ONNX ? "graph" : "model");
    }
}
