package dev.foretoken.registry.measure;

/**
 * One question of the set.
 *
 * @param prompt passage and question; the model must continue it with a blank, {@code answer} and a line break
 * @param hops facts that must be joined to answer
 * @param passageTokens length of the passage in tokens of the demo model
 * @param kind such as {@code held-out-names}
 */
public record Question(String prompt, String answer, int hops, int passageTokens, String kind) {}
