package dev.foretoken.nativeruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.predict.ModelOpener;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens auxiliaries with weights of their own for the builder of predictions. */
final class AuxiliaryOpener implements ModelOpener {

    @Override
    public Opened open(Path path, ModelSource base, ModelPlan basePlan) {
        if (!Files.exists(path)) {
            throw refused(path, "is not there; give the folder of a checkpoint");
        }
        OpenedModel opened = OpenedModel.open(source(path));
        try {
            requireFitting(path, opened.plan(), base, basePlan);
            return new Opened(opened.plan(), opened.weights());
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    private static void requireFitting(Path path, ModelPlan auxiliary, ModelSource base, ModelPlan basePlan) {
        if (auxiliary.vocabularySize() != basePlan.vocabularySize()) {
            throw refused(
                    path,
                    "has a vocabulary of %d tokens, the base has %d; both must read the same tokens"
                            .formatted(auxiliary.vocabularySize(), basePlan.vocabularySize()));
        }
        if (VocabularyDigest.differ(base, source(path))) {
            throw refused(
                    path,
                    "has a tokenizer in which token ids stand for other text than in the base's; both must have the same");
        }
        if (auxiliary.contextTokens() < basePlan.contextTokens()) {
            throw refused(
                    path,
                    "has a context of %d tokens, the base has %d; it must be able to read every prompt"
                            .formatted(auxiliary.contextTokens(), basePlan.contextTokens()));
        }
    }

    private static ModelSource source(Path path) {
        return ModelSource.of(String.valueOf(path.getFileName()), path);
    }

    private static ForetokenException refused(Path path, String what) {
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID, "kvp: the auxiliary %s %s".formatted(path.getFileName(), what));
    }
}
