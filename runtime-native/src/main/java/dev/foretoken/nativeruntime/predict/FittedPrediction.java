package dev.foretoken.nativeruntime.predict;

import dev.foretoken.nativeruntime.algebra.RidgeMap;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The maps of all layers of a base. */
record FittedPrediction(List<MapFit.Layer> layers) {

    FittedPrediction {
        layers = List.copyOf(layers);
    }

    /** Numbers of all maps. */
    long elements() {
        return layers.stream()
                .mapToLong(layer -> elements(layer.keys()) + elements(layer.values()))
                .sum();
    }

    private static long elements(FittedMap fitted) {
        return fitted.map().weight().length + (long) fitted.map().bias().length;
    }

    void write(Path path, FloatType type) throws IOException {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        for (int i = 0; i < layers.size(); i++) {
            shapes(shapes, "keys." + i, layers.get(i).keys().map());
            shapes(shapes, "values." + i, layers.get(i).values().map());
        }
        try (SafetensorsWriter writer = SafetensorsWriter.open(path, shapes, Map.of("format", "pt"), type)) {
            for (MapFit.Layer layer : layers) {
                for (FittedMap fitted : List.of(layer.keys(), layer.values())) {
                    writer.write(fitted.map().weights());
                    writer.write(fitted.map().biases());
                }
            }
            writer.finish();
        }
    }

    private static void shapes(Map<String, List<Long>> shapes, String name, RidgeMap map) {
        long outputs = map.bias().length;
        shapes.put(name + ".weight", List.of(outputs, map.weight().length / outputs));
        shapes.put(name + ".bias", List.of(outputs));
    }

    /** What is said of them: errors of every layer and their mean. */
    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        List<Double> keys = layers.stream().map(layer -> layer.keys().error()).toList();
        List<Double> values =
                layers.stream().map(layer -> layer.values().error()).toList();
        facts.put("key-errors", keys);
        facts.put("value-errors", values);
        facts.put("mean-key-error", mean(keys));
        facts.put("mean-value-error", mean(values));
        facts.put(
                "key-penalties",
                layers.stream().map(layer -> layer.keys().penalty()).toList());
        facts.put(
                "value-penalties",
                layers.stream().map(layer -> layer.values().penalty()).toList());
        facts.put("predictor-elements", elements());
        return facts;
    }

    static double mean(List<Double> numbers) {
        return numbers.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }
}
