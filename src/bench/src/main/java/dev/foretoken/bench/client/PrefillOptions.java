package dev.foretoken.bench.client;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that lets requests say how their prompts come into the caches. */
public final class PrefillOptions {
    @Option(
            names = "--prefill-mode",
            paramLabel = "MODE",
            description = "Ask for K and V of prompts that are exact, predicted or either (auto).")
    private @Nullable String mode;

    @Option(
            names = "--repair-by",
            paramLabel = "N|slack|never",
            description = "When predicted K and V are to be replaced by exact ones.")
    private @Nullable String repairBy;

    @Option(
            names = "--ttft-objective",
            paramLabel = "MS",
            description = "Milliseconds to the first token that requests hope for; steers auto.")
    private @Nullable Integer ttftObjectiveMs;

    /** @throws IllegalArgumentException with a sentence that names the option */
    public PrefillAsk ask() {
        return new PrefillAsk(mode, repairBy, ttftObjectiveMs);
    }
}
