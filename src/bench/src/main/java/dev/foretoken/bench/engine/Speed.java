package dev.foretoken.bench.engine;

import dev.foretoken.bench.stats.Spread;

/** Tokens per second of all sequences together, of several runs. */
record Speed(Spread prefillTokensPerSecond, Spread decodeTokensPerSecond) {}
