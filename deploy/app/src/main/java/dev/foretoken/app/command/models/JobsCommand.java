package dev.foretoken.app.command.models;

import dev.foretoken.app.config.EngineSettings;
import dev.foretoken.app.measure.EvalOptions;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.gateway.registry.JobJson;
import dev.foretoken.gateway.registry.RegistryJson;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.metadata.Job;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists builds, and what can be done with one. */
@Command(
        name = "jobs",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description = "Lists the latest build jobs.",
        sortOptions = false)
final class JobsCommand implements Callable<Integer> {

    @Option(names = "--most", defaultValue = "20", description = "How many. Default: ${DEFAULT-VALUE}.")
    private int most;

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() {
        try (Registry registry = access.open()) {
            List<Job> jobs = registry.jobs().newest(most);
            access.print(() -> RegistryJson.list("jobs", jobs, JobJson::job), out -> JobText.print(jobs, out));
        }
        return 0;
    }

    @Command(
            name = "resume",
            mixinStandardHelpOptions = true,
            description = "Goes on with a job that failed, was cancelled, or that no process builds any more.")
    int resume(
            @Parameters(paramLabel = "JOB") long id,
            @Option(names = "--detach", description = "Leaves it to a running server.") boolean detach,
            @Mixin EvalOptions eval,
            @Mixin RegistryMixin registryOptions)
            throws InterruptedException {
        try (Registry registry = registryOptions.open()) {
            Job found = registry.jobs().find(id);
            Job job = found.state().ended() ? registry.jobs().retry(id) : found;
            return new JobFollower(registry, registryOptions, eval.probe(registry, EngineSettings.DEFAULT, true))
                    .run(List.of(job), detach);
        }
    }

    @Command(
            name = "cancel",
            mixinStandardHelpOptions = true,
            description = "Ends a job at its next stop; what it had finished is kept.")
    int cancel(@Parameters(paramLabel = "JOB") long id, @Mixin RegistryMixin registryOptions) {
        try (Registry registry = registryOptions.open()) {
            Job job = registry.jobs().cancel(id);
            registryOptions.print(() -> JobJson.job(job), out -> out.println(JobText.outcome(job)));
        }
        return 0;
    }

    @Command(name = "log", mixinStandardHelpOptions = true, description = "Prints a job's log.")
    int log(@Parameters(paramLabel = "JOB") long id, @Mixin RegistryMixin registryOptions) {
        try (Registry registry = registryOptions.open()) {
            registry.jobs().find(id);
            System.out.print(registry.jobs().log(id, 0));
        }
        return 0;
    }
}
