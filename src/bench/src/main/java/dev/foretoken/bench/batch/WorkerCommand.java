package dev.foretoken.bench.batch;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.report.ResultOptions;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what a worker costs per request. */
@Command(
        name = "worker",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Has a worker of batch topics answer requests that cost nothing, each in a transaction, and measures its processor time and memory. Exit status 1 where an id has not exactly one committed answer.",
        footer = {"", "Example: bench batch worker --requests 1000000 --json worker.json"})
public final class WorkerCommand implements Callable<Integer> {

    private static final int MOST_REQUESTS = 100_000_000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--requests",
            defaultValue = "1000000",
            description = "Requests in the topic before the worker starts (default: ${DEFAULT-VALUE}).")
    private int requests;

    @Option(names = "--partitions", defaultValue = "4", description = "Of each topic (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(
            names = "--prompt",
            defaultValue = "64",
            description = "Characters of each prompt (default: ${DEFAULT-VALUE}).")
    private int prompt;

    @Option(
            names = "--answer",
            defaultValue = "64",
            description = "Characters of each answer (default: ${DEFAULT-VALUE}).")
    private int answer;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            defaultValue = "512m",
            description = "Heap of the worker's process (default: ${DEFAULT-VALUE}).")
    private String heap = "512m";

    @Option(
            names = "--worker-flag",
            paramLabel = "FLAG",
            description =
                    "For the worker's Java, beside those of this process, for example -XX:StartFlightRecording=...")
    private List<String> workerFlags = List.of();

    @Mixin
    private BrokerOptions brokerOptions = new BrokerOptions();

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        WorkerReport report = measure();
        result.show(spec, WorkerTable.render(report), report);
        return report.repeated() == 0 ? 0 : 1;
    }

    private void check() {
        if (Math.min(Math.min(requests, partitions), Math.min(prompt, answer)) < 1 || requests > MOST_REQUESTS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "every number must be at least 1, --requests at most " + Format.count(MOST_REQUESTS));
        }
    }

    private WorkerReport measure() throws IOException, InterruptedException {
        try (BrokerOptions.Running running = brokerOptions.start()) {
            Topics topics = running.topics(partitions);
            feed(topics);
            try (AnswerCount answers = new AnswerCount(topics, any -> {});
                    WorkerProcess worker = new WorkerProcess(topics, answer, heap, workerFlags);
                    ProgressBar bar = ProgressBar.onStandardError("answering")) {
                WorkerRun run = new WorkerRun(running.broker(), worker, answers, bar);
                run.untilAnswered(requests);
                return new WorkerReport(
                        WorkerReport.SCHEMA,
                        result.provenance(spec),
                        new WorkerReport.Load(requests, partitions, prompt, answer),
                        run.speed(),
                        answers.repeated(),
                        run.cpu(),
                        WorkerReport.Window.of(topics.config().limits()),
                        run.memory(),
                        worker.live());
            }
        }
    }

    private void feed(Topics topics) throws IOException {
        try (ProgressBar bar = ProgressBar.onStandardError("writing requests")) {
            String text = "p".repeat(prompt);
            RequestFeed.send(topics, 0, requests, i -> line(i, text), sent -> bar.update(sent, requests, "" + sent));
        }
    }

    private static String line(int number, String text) {
        return "{\"custom_id\":\"" + RequestFeed.id(number)
                + "\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{\"model\":\"m\",\"prompt\":\"" + text
                + "\",\"max_tokens\":16}}";
    }
}
