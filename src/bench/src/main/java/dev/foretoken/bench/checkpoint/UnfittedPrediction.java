package dev.foretoken.bench.checkpoint;

import dev.foretoken.registry.prediction.AuxiliarySource;
import dev.foretoken.registry.prediction.PredictionFile;
import dev.foretoken.registry.prediction.PredictionKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A prediction that was never fitted: a share of a model's own layers at regular intervals, and random maps. It takes the time of any other. */
public final class UnfittedPrediction {
    private UnfittedPrediction() {}

    /**
     * Writes a {@code prediction.json}.
     *
     * @param base relative to the folder, or {@code random:SHAPE}
     * @param layers of the base
     * @param share of them that the auxiliary keeps, above 0 and at most 1
     */
    public static void write(Path folder, String base, int layers, double share) throws IOException {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("--layer-pruned " + share + "; expected above 0 and at most 1");
        }
        int kept = Math.clamp(Math.round(share * layers), 1, layers);
        Files.createDirectories(folder);
        List<Integer> blocks =
                IntStream.range(0, kept).mapToObj(i -> i * layers / kept).toList();
        List<Integer> map =
                IntStream.range(0, layers).mapToObj(i -> i * kept / layers).toList();
        new PredictionFile(
                        folder.resolve(PredictionFile.NAME),
                        PredictionKind.LP_SHARED,
                        base,
                        new AuxiliarySource.Layers(blocks),
                        map,
                        PredictionFile.RANDOM_MAPS,
                        "",
                        Map.of())
                .write();
    }
}
