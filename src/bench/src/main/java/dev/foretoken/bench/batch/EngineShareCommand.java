package dev.foretoken.bench.batch;

import dev.foretoken.batch.kafka.BatchWorker;
import dev.foretoken.bench.engine.BatchSpec;
import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.bench.engine.ModelChoice;
import dev.foretoken.bench.engine.RuntimeChoice;
import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.report.ResultOptions;
import dev.foretoken.bench.stats.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures how much of an idle engine the requests of a topic get. */
@Command(
        name = "engine",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Compares tokens per second of the engine benchmark with those of the same number of requests in a topic, answered by a worker, a gateway and the same engine in this process, in turns.",
        footer = {"", "Example: bench batch engine --model random:llama-160m --weights q8_0 --concurrency 32"})
public final class EngineShareCommand implements Callable<Integer> {

    private static final int PARTITIONS = 4;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelChoice model = new ModelChoice();

    @Option(
            names = "--prompt",
            defaultValue = "128",
            description = "Tokens of each prompt (default: ${DEFAULT-VALUE}).")
    private int prompt;

    @Option(names = "--generate", defaultValue = "64", description = "New tokens of each (default: ${DEFAULT-VALUE}).")
    private int generate;

    @Option(
            names = "--concurrency",
            defaultValue = "32",
            description = "Sequences at once, and the most that the worker has in flight (default: ${DEFAULT-VALUE}).")
    private int concurrency;

    @Option(
            names = "--waves",
            defaultValue = "4",
            description = "Times the concurrency is each run's number of requests (default: ${DEFAULT-VALUE}).")
    private int waves;

    @Option(names = "--repeat", defaultValue = "5", description = "Counted rounds of both (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Option(names = "--seed", defaultValue = "1", description = "Decides every prompt (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private RuntimeChoice runtime = new RuntimeChoice();

    @Mixin
    private BrokerOptions brokerOptions = new BrokerOptions();

    @Mixin
    private ResultOptions result = new ResultOptions();

    private int asked;

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        EngineShareReport report = measure();
        result.show(spec, EngineShareTable.render(report), report);
        return 0;
    }

    private void check() {
        if (Math.min(Math.min(prompt, concurrency), Math.min(waves, repeat)) < 1 || generate < 2) {
            throw new ParameterException(spec.commandLine(), "every number must be at least 1, --generate at least 2");
        }
    }

    private EngineShareReport measure() throws IOException, InterruptedException {
        try (LocalEngine engine = model.open(runtime, concurrency);
                BrokerOptions.Running broker = brokerOptions.start()) {
            Topics topics = broker.topics(PARTITIONS);
            try (BatchServer server = new BatchServer(engine, topics, concurrency);
                    BatchWorker _ = server.worker()) {
                return compare(engine, topics);
            }
        }
    }

    private EngineShareReport compare(LocalEngine engine, Topics topics) throws IOException, InterruptedException {
        List<Double> alone = new ArrayList<>();
        List<Double> batch = new ArrayList<>();
        List<Double> share = new ArrayList<>();
        AnswerTokens tokens = new AnswerTokens(generate);
        try (AnswerCount answers = new AnswerCount(topics, tokens);
                ProgressBar bar = ProgressBar.onStandardError("bench batch engine")) {
            for (int round = 0; round <= repeat; round++) {
                bar.update(2 * round, 2 * repeat + 2, "engine");
                double first = engineSpeed(engine, round);
                bar.update(2 * round + 1, 2 * repeat + 2, "engine " + Format.significant(first) + " tokens/s, topic");
                double second = topicSpeed(engine, topics, answers, tokens);
                if (round > 0) {
                    alone.add(first);
                    batch.add(second);
                    share.add(second / first);
                }
            }
        }
        return new EngineShareReport(
                EngineShareReport.SCHEMA,
                result.provenance(spec),
                new EngineShareReport.Load(
                        model.location(), engine.model().numericsId(), prompt, generate, concurrency, waves),
                Spread.of(alone),
                Spread.of(batch),
                Spread.of(share));
    }

    /** Tokens per second of all waves, as the engine benchmark submits them. */
    private double engineSpeed(LocalEngine engine, int round) throws InterruptedException {
        BatchSpec wave = new BatchSpec(LocalEngine.MODEL, prompt, generate, concurrency, seed);
        return generate * EngineWaves.perSecond(engine, wave, waves, round * waves);
    }

    /** Tokens per second from before the requests are written to the last committed answer that is read. */
    private double topicSpeed(LocalEngine engine, Topics topics, AnswerCount answers, AnswerTokens tokens)
            throws IOException {
        TextShape shape = new TextShape(prompt, generate);
        int vocabulary = engine.model().vocabularySize();
        long before = tokens.tokens();
        long from = System.nanoTime();
        RequestFeed.send(
                topics, asked, waves * concurrency, number -> shape.line(seed, number, vocabulary), sent -> {});
        asked += waves * concurrency;
        answers.untilThereAre(asked, () -> {});
        return (tokens.tokens() - before) * 1e9 / (System.nanoTime() - from);
    }
}
