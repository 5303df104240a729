package dev.foretoken.app.command.models;

import dev.foretoken.app.config.EngineSettings;
import dev.foretoken.app.measure.EvalOptions;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.app.terminal.ProgressBar;
import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.gateway.registry.RegistryJson;
import dev.foretoken.gateway.registry.VariantJson;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.job.VariantProbe;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Measures variants that are there already. */
@Command(
        name = "measure",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Measures variants on this machine against the imported one of their version: quality, speed, bytes. Builds do it by themselves.",
        footer = {"", "Example: foretoken models measure toy toy@1/q4"},
        sortOptions = false)
final class MeasureCommand implements Callable<Integer> {

    private static final int NOT_MEASURED = 1;

    @Parameters(arity = "1..*", paramLabel = "VARIANT", description = "toy, toy@3/q4 or toy:prod; several in turn.")
    private List<String> names = List.of();

    @Mixin
    private EvalOptions eval = new EvalOptions();

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() {
        try (Registry registry = access.open()) {
            VariantProbe probe = eval.probe(registry, EngineSettings.DEFAULT, true);
            List<VariantDetail> measured = new ArrayList<>();
            for (String name : names) {
                VariantRef ref = registry.resolve(Reference.parse(name));
                if (measured(registry, probe, ref)) {
                    measured.add(registry.variant(ref));
                }
            }
            access.print(
                    () -> RegistryJson.list("variants", measured, VariantJson::of),
                    out -> measured.forEach(variant -> out.println(variant.ref() + ": "
                            + variant.measurement().map(Measures::quality).orElse("not measured"))));
            return measured.size() == names.size() ? 0 : NOT_MEASURED;
        }
    }

    private static boolean measured(Registry registry, VariantProbe probe, VariantRef ref) {
        try (ProgressBar bar = ProgressBar.onStderr(ProgressBar.Unit.STEPS)) {
            var found = probe.measure(ref, new BarWatch(bar));
            found.ifPresent((Measurement measurement) -> registry.addMeasurement(ref, measurement));
            return found.isPresent();
        }
    }

    private record BarWatch(ProgressBar bar) implements BuildWatch {
        @Override
        public void progress(String stage, long done, long total) {
            bar.update(stage, done, total);
        }

        @Override
        public void log(String line) {
            System.err.println(line);
        }

        @Override
        public boolean cancelled() {
            return Thread.currentThread().isInterrupted();
        }
    }
}
