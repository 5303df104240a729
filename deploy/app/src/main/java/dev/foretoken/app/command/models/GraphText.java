package dev.foretoken.app.command.models;

import dev.foretoken.app.config.EngineSettings;
import dev.foretoken.app.engine.EngineHost;
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
import java.util.stream.Collectors;

/** What an exported graph can be asked for, as the runtime that would open it tells from its headers. */
final class GraphText {

    private GraphText() {}

    /** Empty for every other format, and for a graph of which nothing is told before it is loaded. */
    static List<String> lines(Registry registry, VariantDetail variant) {
        if (variant.config().format() != VariantConfig.Format.ONNX) {
            return List.of();
        }
        try {
            ModelSource source = new ModelSource(
                    variant.ref().toString(),
                    registry.look(variant.ref()).model().toUri(),
                    variant.manifest().toString());
            return EngineHost.estimate(EngineSettings.DEFAULT, source, RuntimeOptions.DEFAULT)
                    .map(GraphText::told)
                    .orElse(List.of());
        } catch (ForetokenException e) {
            return List.of("cannot be served: " + e.getMessage());
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
