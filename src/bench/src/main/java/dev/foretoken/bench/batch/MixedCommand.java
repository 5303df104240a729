package dev.foretoken.bench.batch;

import dev.foretoken.bench.engine.BatchSpec;
import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.bench.engine.ModelChoice;
import dev.foretoken.bench.engine.RuntimeChoice;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.report.ResultOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what callers and batches get of one engine. */
@Command(
        name = "mixed",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures what a full topic does to callers who use a share of the engine, and what the topic gets of the rest: callers alone, the topic alone and both, in turns, in this process.",
        footer = {"", "Example: bench batch mixed --model random:llama-160m --weights q8_0 --share 0.3"})
public final class MixedCommand implements Callable<Integer> {

    private static final int PARTITIONS = 4;
    private static final int WAVES = 3;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelChoice model = new ModelChoice();

    @Option(
            names = "--share",
            defaultValue = "0.3",
            description = "Of what the engine could do, that callers use (default: ${DEFAULT-VALUE}).")
    private double share;

    @Option(
            names = "--callers-prompt",
            paramLabel = "N",
            defaultValue = "128",
            description = "Tokens of a caller's prompt (default: ${DEFAULT-VALUE}).")
    private int callersPrompt;

    @Option(
            names = "--callers-generate",
            paramLabel = "N",
            defaultValue = "64",
            description = "Tokens of a caller's answer (default: ${DEFAULT-VALUE}).")
    private int callersGenerate;

    @Option(
            names = "--prompt",
            defaultValue = "128",
            description = "Tokens of a batch's prompts (default: ${DEFAULT-VALUE}).")
    private int prompt;

    @Option(
            names = "--generate",
            defaultValue = "64",
            description = "Tokens of a batch's answers (default: ${DEFAULT-VALUE}).")
    private int generate;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            defaultValue = "1024",
            description =
                    "Most requests of batches at a time; the engine's own free places bound them before (default: ${DEFAULT-VALUE}).")
    private int inFlight;

    @Option(
            names = "--concurrency",
            defaultValue = "32",
            description = "Callers at a time whose speed is the engine's capacity (default: ${DEFAULT-VALUE}).")
    private int concurrency;

    @Option(
            names = "--duration",
            paramLabel = "S",
            defaultValue = "25",
            description = "Measured seconds of each phase, of which a round has three (default: ${DEFAULT-VALUE}).")
    private int duration;

    @Option(names = "--repeat", defaultValue = "3", description = "Rounds (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Decides arrivals and prompts (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private RuntimeChoice runtime = new RuntimeChoice();

    @Mixin
    private BrokerOptions brokerOptions = new BrokerOptions();

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        MixedReport report = measure();
        result.show(spec, MixedTable.render(report), report);
        return 0;
    }

    private void check() {
        boolean few = Math.min(Math.min(inFlight, concurrency), Math.min(duration, repeat)) < 1;
        boolean empty = Math.min(callersPrompt, prompt) < 1 || Math.min(callersGenerate, generate) < 2;
        if (few || empty || !(share > 0 && share < 1)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "every number must be at least 1, those of generated tokens 2, --share between 0 and 1");
        }
    }

    private MixedReport measure() throws IOException, InterruptedException {
        try (LocalEngine engine = model.open(runtime, concurrency);
                BrokerOptions.Running broker = brokerOptions.start()) {
            Topics topics = broker.topics(PARTITIONS);
            try (BatchServer server = new BatchServer(engine, topics, inFlight)) {
                return measure(engine, server, topics);
            }
        }
    }

    private MixedReport measure(LocalEngine engine, BatchServer server, Topics topics)
            throws IOException, InterruptedException {
        TextShape callers = new TextShape(callersPrompt, callersGenerate);
        TextShape batch = new TextShape(prompt, generate);
        try (ProgressBar bar = ProgressBar.onStandardError("bench batch mixed")) {
            double capacity = capacity(engine, callers);
            MixedReport.Load load = new MixedReport.Load(
                    model.location(),
                    engine.model().numericsId(),
                    callers,
                    batch,
                    inFlight,
                    capacity,
                    share * capacity,
                    duration);
            MixedRounds rounds = new MixedRounds(engine, server, topics, load, bar);
            rounds.run(repeat, seed, capacity(engine, batch));
            return report(load, rounds);
        }
    }

    /** Requests per second, many at a time; after a wave that does not count. */
    private double capacity(LocalEngine engine, TextShape shape) throws InterruptedException {
        BatchSpec wave = new BatchSpec(LocalEngine.MODEL, shape.prompt(), shape.generate(), concurrency, seed);
        EngineWaves.perSecond(engine, wave, 1, 0);
        return EngineWaves.perSecond(engine, wave, WAVES, 1);
    }

    private MixedReport report(MixedReport.Load load, MixedRounds rounds) {
        return new MixedReport(
                MixedReport.SCHEMA,
                result.provenance(spec),
                load,
                rounds.without(),
                rounds.with(),
                rounds.ratios(),
                rounds.batchAlone(),
                rounds.batchBeside(),
                rounds.shares());
    }
}
