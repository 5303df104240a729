package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.Figures;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.app.terminal.ProgressBar;
import dev.foretoken.gateway.registry.UpkeepJson;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.VerifyReport;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reads everything the registry keeps and says what is damaged or missing. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Reads every blob and manifest and says what is damaged or missing, and which variants that breaks.",
        footer = {"", "Exit code 1 when something is wrong."},
        sortOptions = false)
final class VerifyCommand implements Callable<Integer> {

    @Option(
            names = "--set-aside",
            description =
                    "Moves damaged blobs out of the way, so that importing the same files again heals the variants.")
    private boolean setAside;

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() {
        try (Registry registry = access.open()) {
            VerifyReport report;
            try (ProgressBar progress = ProgressBar.onStderr()) {
                report = registry.verify(setAside, progress);
            }
            access.print(() -> UpkeepJson.of(report), out -> print(report, out));
            return report.clean() ? 0 : 1;
        }
    }

    private static void print(VerifyReport report, PrintStream out) {
        report.problems().forEach(problem -> {
            out.println(problem.what() + ": " + problem.detail());
            if (!problem.variants().isEmpty()) {
                out.println("    breaks " + String.join(", ", problem.variants()));
            }
        });
        out.println(report.variants() + " variants, " + report.blobs() + " blobs, " + Figures.bytes(report.bytes())
                + " read: "
                + (report.clean() ? "all is well" : report.problems().size() + " problems"));
    }
}
