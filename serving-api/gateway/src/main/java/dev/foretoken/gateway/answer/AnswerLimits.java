package dev.foretoken.gateway.answer;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * What one request may ask for at most.
 *
 * @param maxChoices answers to one prompt
 * @param maxStopStrings stop strings of one request
 * @param maxStopCharacters length of one stop string
 * @param maxStopTokens stop token ids of one request
 * @param maxLogprobs alternatives reported per token
 * @param maxLogitBias tokens with a bias
 * @param maxTimeout longest time from admission to the last token, and the time of a request that names none
 */
public record AnswerLimits(
        int maxChoices,
        int maxStopStrings,
        int maxStopCharacters,
        int maxStopTokens,
        int maxLogprobs,
        int maxLogitBias,
        Duration maxTimeout) {

    public static final AnswerLimits DEFAULT = new AnswerLimits(128, 16, 256, 64, 20, 1024, Duration.ofMinutes(30));

    public AnswerLimits {
        requireRange("gateway.max-choices", maxChoices, 1, 4096);
        requireRange("gateway.max-stop-strings", maxStopStrings, 1, 1024);
        requireRange("gateway.max-stop-characters", maxStopCharacters, 1, 1 << 16);
        requireRange("gateway.max-stop-tokens", maxStopTokens, 1, 1 << 16);
        requireRange("gateway.max-logprobs", maxLogprobs, 0, 1024);
        requireRange("gateway.max-logit-bias", maxLogitBias, 1, 1 << 16);
        requireRange("gateway.max-timeout", maxTimeout, Duration.ofMillis(1), Duration.ofDays(7));
    }
}
