package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.Figures;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.app.terminal.ProgressBar;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.registry.UpkeepJson;
import dev.foretoken.registry.CollectReport;
import dev.foretoken.registry.Registry;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes bytes that no variant needs. */
@Command(
        name = "gc",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description = "Removes blobs, views and folders of jobs that no variant needs.",
        sortOptions = false)
final class GcCommand implements Callable<Integer> {

    private static final long MOST_MINUTES = 525_600;

    @Option(
            names = "--grace-minutes",
            paramLabel = "N",
            defaultValue = "60",
            description =
                    "What is younger stays: an import or a pull may be about to need it. Default: ${DEFAULT-VALUE}.")
    private long graceMinutes;

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() {
        if (graceMinutes < 0 || graceMinutes > MOST_MINUTES) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    "--grace-minutes=" + graceMinutes + ", must be in [0, " + MOST_MINUTES + "]");
        }
        try (Registry registry = access.open()) {
            CollectReport report;
            try (ProgressBar progress = ProgressBar.onStderr(ProgressBar.Unit.STEPS)) {
                report = registry.collectGarbage(Duration.ofMinutes(graceMinutes), progress);
            }
            access.print(
                    () -> UpkeepJson.of(report),
                    out -> out.println("removed " + report.removed() + " blobs (" + Figures.bytes(report.bytes())
                            + "), "
                            + report.views() + " views, " + report.jobs() + " folders of jobs; " + report.young()
                            + " blobs are too young"));
        }
        return 0;
    }
}
