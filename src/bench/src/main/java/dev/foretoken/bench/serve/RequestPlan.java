package dev.foretoken.bench.serve;

/** One request, decided before it is sent. {@code inputTokens} is what was asked for; of a text prompt it counts words. */
record RequestPlan(int index, Intent intent, byte[] body, int inputTokens, int outputTokens) {}
