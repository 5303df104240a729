package dev.foretoken.nativeruntime.predict;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.recipe.KeptBlocks;
import dev.foretoken.registry.prediction.AuxiliarySource;
import dev.foretoken.registry.prediction.PredictionFile;
import dev.foretoken.registry.prediction.PredictionKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A base and the auxiliary that was chosen for it, opened. */
final class Pairing implements AutoCloseable {

    private final PredictionKind kind;
    private final Prospect prospect;
    private final List<Integer> blocks;
    private final @Nullable Path checkpoint;
    private final @Nullable PredictionFile trained;

    private Pairing(
            PredictionKind kind,
            Prospect prospect,
            List<Integer> blocks,
            @Nullable Path checkpoint,
            @Nullable PredictionFile trained) {
        this.kind = kind;
        this.prospect = prospect;
        this.blocks = List.copyOf(blocks);
        this.checkpoint = checkpoint;
        this.trained = trained;
    }

    /** @throws ForetokenException where either cannot take part, saying why */
    static Pairing of(BuildJob job, AuxiliaryChoice choice, ModelOpener opener) {
        Prospect.Side base = Prospect.Side.of("the base", job.plan(), job.weights());
        return switch (choice) {
            case AuxiliaryChoice.LayerPruned _, AuxiliaryChoice.Blocks _ ->
                shared(base, SharedBlocks.of(choice, job.plan()), null);
            case AuxiliaryChoice.Other other ->
                separate(job, base, PredictionKind.SEPARATE, other.path(), null, opener);
            case AuxiliaryChoice.Trained trained -> trained(job, base, trained.folder(), opener);
        };
    }

    private static Pairing shared(Prospect.Side base, List<Integer> blocks, @Nullable PredictionFile trained) {
        ModelPlan cut = KeptBlocks.of(base.plan(), blocks);
        Prospect.Side auxiliary = Prospect.Side.of("the auxiliary", cut, base.weights());
        return new Pairing(PredictionKind.LP_SHARED, new Prospect(base, auxiliary), blocks, null, trained);
    }

    private static Pairing separate(
            BuildJob job,
            Prospect.Side base,
            PredictionKind kind,
            Path path,
            @Nullable PredictionFile trained,
            ModelOpener opener) {
        ModelOpener.Opened opened = opener.open(path, job.order().base(), job.plan());
        try {
            Prospect.Side auxiliary = Prospect.Side.of("the auxiliary", opened.plan(), opened.weights());
            return new Pairing(kind, new Prospect(base, auxiliary), List.of(), path, trained);
        } catch (RuntimeException | Error e) {
            opened.weights().close();
            throw e;
        }
    }

    private static Pairing trained(BuildJob job, Prospect.Side base, Path folder, ModelOpener opener) {
        if (!PredictionFile.isAt(folder)) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "kvp: auxiliary=trained:%s has no %s; give the folder that training has written"
                            .formatted(folder.getFileName(), PredictionFile.NAME));
        }
        PredictionFile file = PredictionFile.read(folder);
        if (file.predictorPath().isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "kvp: the prediction's maps are random numbers, which predict nothing");
        }
        Pairing made = switch (file.auxiliary()) {
            case AuxiliarySource.Layers layers ->
                shared(base, SharedBlocks.of(new AuxiliaryChoice.Blocks(layers.blocks()), job.plan()), file);
            case AuxiliarySource.Model _ ->
                separate(job, base, file.kind(), file.auxiliaryPath().orElseThrow(Pairing::random), file, opener);
        };
        made.requireMap(file.map());
        return made;
    }

    private static ForetokenException random() {
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID, "kvp: the prediction's auxiliary is random numbers, which predict nothing");
    }

    private void requireMap(List<Integer> map) {
        int base = prospect.base().layers().size();
        int auxiliary = prospect.auxiliary().layers().size();
        if (map.size() != base || map.getLast() >= auxiliary) {
            close();
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "kvp: the prediction maps %d layers from layers up to %d; this base has %d and the auxiliary %d"
                            .formatted(map.size(), map.getLast(), base, auxiliary));
        }
    }

    PredictionKind kind() {
        return kind;
    }

    Prospect prospect() {
        return prospect;
    }

    /** Of the base, which the auxiliary keeps; empty where it has weights of its own. */
    List<Integer> blocks() {
        return blocks;
    }

    /** Weights of the auxiliary's own. */
    Optional<Path> checkpoint() {
        return Optional.ofNullable(checkpoint);
    }

    /** Which layer predicts which, where that is not to be chosen. */
    Optional<List<Integer>> map() {
        return Optional.ofNullable(trained).map(PredictionFile::map);
    }

    /** Maps that are not to be fitted. */
    Optional<Path> trainedMaps() {
        return Optional.ofNullable(trained).flatMap(PredictionFile::predictorPath);
    }

    /** What was said of them where they were trained. */
    Optional<PredictionFile> trained() {
        return Optional.ofNullable(trained);
    }

    @Override
    public void close() {
        if (checkpoint != null) {
            prospect.auxiliary().weights().close();
        }
    }
}
