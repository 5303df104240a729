package dev.foretoken.registry.ingest;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.VariantConfig.Format;
import dev.foretoken.registry.prediction.AuxiliarySource;
import dev.foretoken.registry.prediction.PredictionFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks a prediction and takes its base, its maps and the weights of its auxiliary in with it. */
final class PredictionCheck {

    /** Where an auxiliary with weights of its own is in a variant. */
    private static final String AUXILIARY = "auxiliary";

    private PredictionCheck() {}

    /**
     * @throws ForetokenException MODEL_FILE_CORRUPT, also for what is outside of an upload; MODEL_UNSUPPORTED for an auxiliary that is no
     *     checkpoint, and a base that is a prediction itself
     */
    static Bases.Sound check(SourceFolder folder, String name, Bases bases) {
        if (bases.depth() > 0) {
            throw Refusal.unsupported("the base has a %s: nothing is built over a prediction; take its base", name);
        }
        folder.file(name);
        PredictionFile read = PredictionFile.read(folder.named(name));
        Optional<Selection> base = bases.take(folder, read.base(), read.basePath());
        List<CheckedFile> files = new ArrayList<>();
        read.predictorPath()
                .map(_ -> SafetensorsCheck.check(read.predictor(), folder.file(read.predictor())))
                .ifPresent(maps -> files.addAll(CheckpointCheck.split(List.of(maps))));
        base.ifPresent(found -> found.files().forEach(file -> files.add(file.in(Bases.FOLDER + "/"))));
        PredictionFile placed =
                base.map(found -> read.withBase(Bases.place(found))).orElse(read);
        if (read.auxiliaryPath().isPresent()) {
            checkpoint(folder, read).files().forEach(file -> files.add(file.in(AUXILIARY + "/")));
            placed = placed.withAuxiliary(new AuxiliarySource.Model(AUXILIARY));
        }
        files.add(CheckedFile.inMemory(
                PredictionFile.NAME, placed.equals(read) ? written(folder, name) : placed.bytes()));
        return new Bases.Sound(files, base);
    }

    private static Selection checkpoint(SourceFolder folder, PredictionFile prediction) {
        Bases alone = new Bases(false, 1);
        Selection found = folder.trust() == Trust.OWN_FOLDER
                ? SourceReader.read(prediction.auxiliaryPath().orElseThrow(), Trust.OWN_FOLDER, alone)
                : SourceReader.read(folder.folder(((AuxiliarySource.Model) prediction.auxiliary()).location()), alone);
        if (found.format() != Format.SAFETENSORS) {
            throw Refusal.unsupported(
                    "the auxiliary is %s; it must be a folder with config.json and *.safetensors",
                    found.format().text());
        }
        return found;
    }

    private static byte[] written(SourceFolder folder, String name) {
        return TextCheck.bytes(name, folder.file(name));
    }
}
