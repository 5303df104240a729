package dev.foretoken.bench.cluster;

import dev.foretoken.bench.costs.CostsReport;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option that says what pods are like where they are not those of the scenario. */
final class PodChoice {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = "--costs",
            paramLabel = "FILE",
            description =
                    "Steps of pods cost and hold what bench costs measured; caches and queues stay the scenario's (default: the scenario's costs).")
    private @Nullable Path file;

    /** A pod, and where its costs are from. */
    record Chosen(PodSpec pod, PodCosts costs) {}

    /** @throws ParameterException where the file is none of {@code bench costs}, or says what no pod can be */
    Chosen of(ClusterScenario scenario) throws IOException {
        PodSpec usual = scenario.config().pod();
        if (file == null) {
            return new Chosen(usual, PodCosts.of("scenario " + scenario, usual));
        }
        try {
            CostsReport measured = CostsReport.read(file);
            PodSpec pod = usual.withCosts(measured);
            return new Chosen(pod, PodCosts.of("measured: " + file.getFileName() + ", " + measured.model(), pod));
        } catch (RuntimeException unreadable) {
            throw new ParameterException(command.commandLine(), "--costs " + unreadable.getMessage(), unreadable);
        }
    }
}
