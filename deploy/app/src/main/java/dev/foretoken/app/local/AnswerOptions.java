package dev.foretoken.app.local;

import dev.foretoken.gateway.answer.AnswerSpec;
import dev.foretoken.gateway.answer.OutputSpec;
import dev.foretoken.gateway.answer.PromptInput;
import dev.foretoken.gateway.answer.SamplingSpec;
import dev.foretoken.gateway.answer.ServiceSpec;
import dev.foretoken.gateway.answer.StopSpec;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How an answer is generated, as set on the command line. Ranges are checked where those of every protocol are. */
public final class AnswerOptions {

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "Most tokens to generate. Default: what the context leaves.")
    private @Nullable Long maxTokens;

    @Option(names = "--temperature", paramLabel = "T", description = "0 = always the most likely token. Default: 1.")
    private @Nullable Double temperature;

    @Option(names = "--top-p", paramLabel = "P", description = "Draw from the most likely tokens of this mass.")
    private @Nullable Double topP;

    @Option(names = "--seed", paramLabel = "N", description = "The same seed gives the same answer.")
    private @Nullable Long seed;

    AnswerSpec spec(PromptInput prompt) {
        return new AnswerSpec(
                prompt,
                null,
                new SamplingSpec(temperature, topP, null, null, SamplingSpec.PenaltySpec.DEFAULT, Map.of(), seed),
                StopSpec.afterTokens(maxTokens),
                OutputSpec.TEXT_ONLY,
                ServiceSpec.DEFAULT);
    }
}
