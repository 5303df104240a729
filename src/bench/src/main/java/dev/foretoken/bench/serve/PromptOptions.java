package dev.foretoken.bench.serve;

import dev.foretoken.bench.client.PrefillOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what requests look like. */
final class PromptOptions {
    @Option(
            names = "--endpoint",
            paramLabel = "completions|chat",
            defaultValue = "completions",
            description = "Route to load (default: ${DEFAULT-VALUE}).")
    private String endpoint = "completions";

    @Option(
            names = "--input",
            paramLabel = "LENGTH",
            defaultValue = "256",
            description =
                    "Prompt tokens (words, of text prompts): 256, 128..512 or normal:256:64 (default: ${DEFAULT-VALUE}).")
    private String input = "256";

    @Option(
            names = "--output",
            paramLabel = "LENGTH",
            defaultValue = "128",
            description = "Tokens to ask for (max_tokens), in the same forms (default: ${DEFAULT-VALUE}).")
    private String output = "128";

    @Option(
            names = "--vocab",
            paramLabel = "V",
            defaultValue = "0",
            description = "Prompts are random token ids below V instead of words; exact lengths, completions only.")
    private int vocabulary;

    @Option(
            names = "--shared-prefix",
            paramLabel = "N",
            defaultValue = "0",
            description = "The first N tokens (words) of every prompt are the same.")
    private int sharedPrefix;

    @Option(names = "--ignore-eos", description = "Ask to generate on after the end-of-text token, for exact lengths.")
    private boolean ignoreEos;

    @Option(names = "--return-token-ids", description = "Ask for token ids in each event, to count tokens exactly.")
    private boolean returnTokenIds;

    @Option(names = "--temperature", description = "Sampling temperature; the server's default when not given.")
    private @Nullable Double temperature;

    @Option(
            names = "--cancel-fraction",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Leave this share of answers at a random moment.")
    private double cancelFraction;

    @Option(
            names = "--bad-fraction",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Send this share of requests malformed; each must be refused with a 4xx status.")
    private double malformedFraction;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Decides every random choice (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private PrefillOptions prefill = new PrefillOptions();

    WorkloadShape shape(String model) {
        return new WorkloadShape(
                route(),
                model,
                LengthDistribution.parse(input),
                LengthDistribution.parse(output),
                vocabulary,
                sharedPrefix,
                ignoreEos,
                returnTokenIds,
                temperature,
                cancelFraction,
                malformedFraction,
                seed,
                seed,
                prefill.ask());
    }

    private Endpoint route() {
        return switch (endpoint) {
            case "completions" -> Endpoint.COMPLETIONS;
            case "chat" -> Endpoint.CHAT;
            default -> throw new IllegalArgumentException("--endpoint " + endpoint + "; expected completions or chat");
        };
    }
}
