package dev.foretoken.app.command.models;

import dev.foretoken.app.config.EngineSettings;
import dev.foretoken.app.engine.EngineHost;
import dev.foretoken.app.measure.EvalOptions;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.job.JobOrder;
import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Builds variants of a model, one job each. */
@Command(
        name = "build",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Builds variants of a model, one job each, and measures them. Ctrl-C cancels; what was done is kept for 'models jobs resume'.",
        footer = {
            "",
            "Example: foretoken models build toy --variant q4 --variant eight=gptq --set eight.bits=8 --calibration texts.txt",
            "         foretoken models build toy --variant kvp --auxiliary layer-pruned:0.5 --calibration texts.txt",
            "         foretoken models build --methods",
        },
        sortOptions = false)
final class BuildCommand implements Callable<Integer> {

    @Parameters(
            arity = "0..1",
            paramLabel = "MODEL",
            description = "What is built from: toy (newest version, as imported), toy@3, toy@3/q8 or toy:prod.")
    @Nullable
    private String name;

    @Option(
            names = "--variant",
            paramLabel = "[NAME=]METHOD",
            description = "A variant to build, named like its method or NAME; repeatable. See --methods.")
    private List<String> variants = List.of();

    @Mixin
    private ParameterOptions parameters = new ParameterOptions();

    @Mixin
    private CalibrationOptions calibration = new CalibrationOptions();

    @Option(names = "--threads", defaultValue = "0", description = "Threads that compute. Default: all cores.")
    private int threads;

    @Mixin
    private EvalOptions eval = new EvalOptions();

    @Option(names = "--detach", description = "Leaves the jobs to a running server (or to 'models jobs resume').")
    private boolean detach;

    @Option(names = "--methods", description = "Lists the methods with their parameters, and builds nothing.")
    private boolean methods;

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() throws InterruptedException {
        List<BuildMethod> all = EngineHost.workshop().methods();
        if (methods) {
            access.print(() -> MethodText.json(all), out -> MethodText.print(all, out));
            return 0;
        }
        if (name == null || variants.isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST, "say what to build: foretoken models build MODEL --variant METHOD");
        }
        List<VariantPlan> plans = VariantPlan.parse(variants, parameters.settings(), all);
        try (Registry registry = access.open()) {
            VariantRef parent = registry.resolve(Reference.parse(name));
            List<Job> jobs = submit(registry, parent, plans);
            return new JobFollower(registry, access, eval.probe(registry, engine(), true)).run(jobs, detach);
        }
    }

    private EngineSettings engine() {
        return EngineSettings.DEFAULT.withThreads(threads);
    }

    private List<Job> submit(Registry registry, VariantRef parent, List<VariantPlan> plans) {
        boolean needed = plans.stream().anyMatch(plan -> plan.method().needsCalibration());
        List<int[]> sequences = calibration.sequences(registry, parent, needed);
        List<Job> jobs = new ArrayList<>();
        for (VariantPlan plan : plans) {
            Map<String, String> parameters = NamedModels.fixed(registry, plan.parameters());
            JobOrder order = new JobOrder(parent, plan.name(), plan.method().name(), parameters, sequences, threads);
            Optional<Job> open = OpenJobs.same(registry, order);
            if (registry.candidates(parent.model(), parent.version()).stream()
                    .anyMatch(variant -> variant.ref().variant().equals(plan.name()))) {
                System.err.println(parent.sibling(plan.name()) + " exists already: not built again");
            } else {
                open.ifPresent(job -> System.err.println("job " + job.id() + " builds it already: goes on with that"));
                jobs.add(open.orElseGet(() -> registry.jobs().submit(order)));
            }
        }
        return jobs;
    }
}
