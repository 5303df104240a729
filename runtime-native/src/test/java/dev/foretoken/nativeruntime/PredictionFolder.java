package dev.foretoken.nativeruntime;

import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.PredictionPlan;
import dev.foretoken.nativeruntime.weights.SafetensorsWriter;
import dev.foretoken.registry.prediction.AuxiliarySource;
import dev.foretoken.registry.prediction.PredictionFile;
import dev.foretoken.registry.prediction.PredictionKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Writes predictions of conformance models into a folder. */
final class PredictionFolder {

    /** Fills the maps of one layer: elements of [rows, columns] by tensor name. */
    interface Filling {
        float[] of(String name, int rows, int columns);
    }

    /** Every K and V predicted from itself. */
    static final Filling IDENTITY = (name, rows, columns) -> {
        float[] filled = new float[rows * columns];
        for (int i = 0; i < rows && name.endsWith("weight"); i++) {
            filled[i * columns + i] = 1;
        }
        return filled;
    };

    private final Path folder;

    PredictionFolder(Path folder) {
        this.folder = folder;
    }

    static Filling random(long seed) {
        Random random = new Random(seed);
        return (name, rows, columns) -> {
            float[] filled = new float[rows * columns];
            for (int i = 0; i < filled.length; i++) {
                filled[i] = (float) (random.nextGaussian() / Math.sqrt(columns));
            }
            return filled;
        };
    }

    /** A prediction of a conformance model by some of its own layers. */
    PredictionFolder shared(String base, List<Integer> layers, List<Integer> map, Filling filling) throws IOException {
        return write(PredictionKind.LP_SHARED, base, new AuxiliarySource.Layers(layers), map, filling);
    }

    /** A prediction of a conformance model by another. */
    PredictionFolder separate(String base, String auxiliary, List<Integer> map, Filling filling) throws IOException {
        return write(PredictionKind.SEPARATE, base, new AuxiliarySource.Model(relative(auxiliary)), map, filling);
    }

    private PredictionFolder write(
            PredictionKind kind, String base, AuxiliarySource auxiliary, List<Integer> map, Filling filling)
            throws IOException {
        PredictionFile file = new PredictionFile(
                folder.resolve(PredictionFile.NAME),
                kind,
                relative(base),
                auxiliary,
                map,
                PredictionFile.PREDICTOR,
                "",
                Map.of());
        Files.write(folder.resolve(PredictionFile.PREDICTOR), new byte[0]);
        try (OpenedModel model = PredictionOpener.open(file)) {
            writeMaps(Objects.requireNonNull(model.prediction()).plan(), filling);
        }
        file.write();
        return this;
    }

    private String relative(String model) {
        return folder.toAbsolutePath()
                .relativize(Conformance.root().resolve(model).toAbsolutePath())
                .toString()
                .replace('\\', '/');
    }

    private void writeMaps(PredictionPlan plan, Filling filling) throws IOException {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        for (int i = 0; i < plan.layers().size(); i++) {
            HeadLayout made = plan.layers().get(i).made();
            HeadLayout read = plan.layers().get(i).read();
            shapes.put("keys.%d.weight".formatted(i), List.of((long) made.keyWidth(), (long) read.keyWidth()));
            shapes.put("keys.%d.bias".formatted(i), List.of((long) made.keyWidth()));
            shapes.put("values.%d.weight".formatted(i), List.of((long) made.valueWidth(), (long) read.valueWidth()));
            shapes.put("values.%d.bias".formatted(i), List.of((long) made.valueWidth()));
        }
        try (SafetensorsWriter writer =
                SafetensorsWriter.open(folder.resolve(PredictionFile.PREDICTOR), shapes, Map.of("format", "pt"))) {
            for (Map.Entry<String, List<Long>> entry : shapes.entrySet()) {
                List<Long> shape = entry.getValue();
                int rows = shape.size() == 1 ? 1 : shape.getFirst().intValue();
                writer.write(filling.of(entry.getKey(), rows, shape.getLast().intValue()));
            }
            writer.finish();
        }
    }

    /** A file of tensors of zeros. */
    static void write(Path file, Map<String, List<Long>> shapes) throws IOException {
        try (SafetensorsWriter writer = SafetensorsWriter.open(file, shapes, Map.of("format", "pt"))) {
            for (List<Long> shape : shapes.values()) {
                writer.write(new float[(int) (shape.getFirst() * (shape.size() == 1 ? 1 : shape.getLast()))]);
            }
            writer.finish();
        }
    }

    /** Changes what the file says. */
    PredictionFolder edited(UnaryOperator<String> change) throws IOException {
        Path file = folder.resolve(PredictionFile.NAME);
        Files.writeString(file, change.apply(Files.readString(file)));
        return this;
    }

    SequenceRuntime open(RuntimeOptions options, int threads) {
        return new NativeRuntimeProvider()
                .open(ModelSource.of("kvp", folder), DeviceSpec.cpu(threads), options, LoadProgress.SILENT);
    }
}
