package dev.foretoken.app.measure;

import dev.foretoken.app.config.EngineSettings;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.job.VariantProbe;
import dev.foretoken.registry.measure.EvalSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about what variants are asked when they are measured. */
public final class EvalOptions {

    private static final String DEMO_SET = "src/models/demo/eval";
    private static final int QUESTIONS = 400;
    private static final int TEXTS = 100;

    @Option(
            names = "--eval",
            paramLabel = "DIR",
            defaultValue = "${env:FORETOKEN_EVAL}",
            description =
                    "Folder with questions.jsonl ({\"prompt\", \"answer\"}) and texts.jsonl ({\"text\"}) that the calibration has not seen, or both as *.gz. Default: the set of the demo model.")
    private @Nullable Path folder;

    @Option(
            names = "--eval-questions",
            paramLabel = "N",
            defaultValue = "" + QUESTIONS,
            description = "Most questions, spread over the set. Default: ${DEFAULT-VALUE}.")
    private int questions = QUESTIONS;

    @Option(
            names = "--eval-texts",
            paramLabel = "N",
            defaultValue = "" + TEXTS,
            description = "Most texts, spread over the set. Default: ${DEFAULT-VALUE}.")
    private int texts = TEXTS;

    @Option(names = "--no-measure", description = "Measures nothing: no gate lets an unmeasured variant pass.")
    private boolean unmeasured;

    /** What a server measures with that nobody gave options for: the folder that the environment names, or the demo model's set. */
    public static EvalOptions ofEnvironment() {
        EvalOptions options = new EvalOptions();
        String named = System.getenv().getOrDefault("FORETOKEN_EVAL", "");
        options.folder = named.isEmpty() ? null : Path.of(named);
        return options;
    }

    /**
     * Measures with this set; nothing where {@code --no-measure} says so, or where no set was named and that of the demo model is not there.
     *
     * @param quiet whether this process computes nothing else meanwhile
     * @throws ForetokenException CONFIG_INVALID for a set that cannot be read
     */
    public VariantProbe probe(Registry registry, EngineSettings settings, boolean quiet) {
        Path demo = Path.of(System.getProperty("foretoken.home", ".")).resolve(DEMO_SET);
        if (unmeasured || (folder == null && !Files.isDirectory(demo))) {
            return VariantProbe.NONE;
        }
        return new EngineProbe(registry, read(folder == null ? demo : folder), settings, quiet, InstantSource.system());
    }

    private EvalSet read(Path set) {
        try {
            return EvalSet.read(set).limitedTo(Math.max(1, questions), Math.max(1, texts));
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, String.valueOf(e.getMessage()), e);
        }
    }
}
