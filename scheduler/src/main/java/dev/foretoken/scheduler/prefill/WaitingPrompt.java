package dev.foretoken.scheduler.prefill;

import java.time.Duration;
import java.util.Optional;

/**
 * A prompt about to be computed or predicted.
 *
 * @param cachedTokens of them found exact in the prefix cache: the base need not compute them, an auxiliary must
 * @param waitedNanos since the request came
 * @param ttftObjective time from then to its first token that its caller hopes for
 */
public record WaitingPrompt(int tokens, int cachedTokens, long waitedNanos, Optional<Duration> ttftObjective) {}
