package dev.foretoken.bench.engine;

import picocli.CommandLine.Option;

/** Options about the batch that is computed in two ways in turns. */
final class PairOptions {

    @Option(
            names = "--prompt",
            defaultValue = "512",
            description = "Tokens of each prompt (default: ${DEFAULT-VALUE}).")
    private int prompt;

    @Option(names = "--generate", defaultValue = "64", description = "New tokens of each (default: ${DEFAULT-VALUE}).")
    private int generate;

    @Option(names = "--seed", defaultValue = "1", description = "Decides every prompt (default: ${DEFAULT-VALUE}).")
    private long seed;

    /** @throws IllegalArgumentException where there is nothing to compute */
    BatchSpec batchOf(int sequences) {
        return new BatchSpec(LocalEngine.MODEL, prompt, generate, sequences, seed);
    }
}
