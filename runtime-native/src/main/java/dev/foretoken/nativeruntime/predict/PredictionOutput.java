package dev.foretoken.nativeruntime.predict;

import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.registry.gguf.GgufFile;
import dev.foretoken.registry.prediction.AuxiliarySource;
import dev.foretoken.registry.prediction.PredictionFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a prediction: the maps, the auxiliary's weights where it has its own, and last the file that binds them.
 *
 * @param map which layer of the auxiliary predicts which of the base
 */
record PredictionOutput(BuildJob job, Pairing pairing, List<Integer> map) {

    private static final String BASE = "base";
    private static final String AUXILIARY = "auxiliary";

    /** {@code about}: what the maps were fitted on, or judged by. */
    void write(FittedPrediction fitted, String about) throws IOException {
        Path output = job.order().output();
        Path maps = output.resolve(PredictionFile.PREDICTOR);
        if (pairing.trainedMaps().isPresent()) {
            CheckpointCopy.copy(pairing.trainedMaps().get(), maps);
        } else {
            fitted.write(maps, FloatType.valueOf(job.parameters().text("type").toUpperCase(Locale.ROOT)));
        }
        pairing.checkpoint().ifPresent(path -> new CheckpointCopy(path, output.resolve(AUXILIARY)).run());
        new PredictionFile(
                        output.resolve(PredictionFile.NAME),
                        pairing.kind(),
                        base(job.order().base()),
                        pairing.checkpoint().isPresent()
                                ? new AuxiliarySource.Model(AUXILIARY)
                                : new AuxiliarySource.Layers(pairing.blocks()),
                        map,
                        PredictionFile.PREDICTOR,
                        pairing.trained().map(PredictionFile::text).orElse(about),
                        pairing.trained().map(PredictionFile::facts).orElse(Map.of("fitted", "ridge regression")))
                .write();
    }

    /** Where the base is going to be, beside what is written here. */
    private static String base(ModelSource base) {
        if (!base.isFile()) {
            return base.location().toString();
        }
        Path path = Path.of(base.location());
        return GgufFile.isAt(path) ? BASE + "/" + path.getFileName() : BASE;
    }
}
