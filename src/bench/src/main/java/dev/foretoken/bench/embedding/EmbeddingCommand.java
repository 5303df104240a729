package dev.foretoken.bench.embedding;

import dev.foretoken.bench.process.WorkFolder;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.ResultOptions;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares our way from texts to vectors with LangChain4j's model in this process. */
@Command(
        name = "embeddings",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures sentences to vectors by all-MiniLM-L6-v2: LangChain4j's in-process model and this platform in turns, without HTTP.")
public final class EmbeddingCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--sentences",
            defaultValue = "256",
            description = "Sentences of a request, and of a pass of each loop (default: ${DEFAULT-VALUE}).")
    private int sentences;

    @Option(
            names = "--longest",
            defaultValue = "32",
            description = "Tokens of the longest sentences (default: ${DEFAULT-VALUE}).")
    private int longest;

    @Option(
            names = "--fill",
            defaultValue = "0.6",
            description = "Mean length of the mixed sentences over the longest (default: ${DEFAULT-VALUE}).")
    private double fill;

    @Option(
            names = "--threads",
            defaultValue = "0",
            description = "Of this platform; LangChain4j's takes all (default: one for each core).")
    private int threads;

    @Option(names = "--rounds", defaultValue = "9", description = "Turns of each way (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "2", description = "Of each turn (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--seed", defaultValue = "1", description = "Decides every sentence (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (sentences < 1 || longest < 3 || longest > 512 || fill < 0.5 || fill > 1 || rounds < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "expected --sentences and --rounds of at least 1, --longest from 3 to 512, --fill from 0.5 to 1");
        }
        Provenance provenance = result.provenance(spec);
        try (WorkFolder folder = WorkFolder.make()) {
            MiniLm.unpack(folder.path());
            EmbeddingReport report = measure(provenance, folder.path());
            result.show(spec, provenance.machine().sentence() + "\n" + report.render(), report);
            return 0;
        }
    }

    private EmbeddingReport measure(Provenance provenance, Path folder) throws InterruptedException {
        int workers = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        Sentences mixed = Sentences.between(Sentences.shortest(longest, fill), longest, sentences, seed);
        Sentences full = Sentences.between(longest, longest, sentences, seed);
        try (Encoding encoding = Encoding.open(folder, workers)) {
            List<Way> ways = new Rivals(new AllMiniLmL6V2EmbeddingModel(), encoding, longest).ways(mixed, full);
            double difference = VectorDistance.largest(
                    ways.getFirst().once(), encoding.embed(mixed.texts()).rows());
            List<EmbeddingReport.Measured> measured = new WaySeries(ways, seconds).measure(rounds);
            return new EmbeddingReport(
                    EmbeddingReport.SCHEMA,
                    provenance,
                    sentences,
                    longest,
                    workers,
                    difference,
                    Rivals.mixedOfFull(measured),
                    measured);
        }
    }
}
