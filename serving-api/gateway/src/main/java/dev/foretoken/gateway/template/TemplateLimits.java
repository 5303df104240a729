package dev.foretoken.gateway.template;

import static dev.foretoken.contract.ConfigCheck.requireRange;

/**
 * What one template may use. A template comes with a downloaded model, so it is not trusted.
 *
 * @param maxSourceCharacters length of the source
 * @param maxSteps evaluated nodes and visited items of one rendering
 * @param maxDepth nesting of expressions, blocks and macro calls
 * @param maxOutputCharacters length of the result, and of what one macro call or block gives
 * @param maxTextCharacters all texts made on the way, thrown-away ones included
 * @param maxRange numbers one {@code range} may give
 */
public record TemplateLimits(
        int maxSourceCharacters,
        long maxSteps,
        int maxDepth,
        int maxOutputCharacters,
        long maxTextCharacters,
        int maxRange) {
    /** Some hundred times what a conversation of a thousand messages needs with the largest public templates. */
    public static final TemplateLimits DEFAULT =
            new TemplateLimits(1 << 20, 20_000_000, 400, 8 << 20, 128L << 20, 100_000);

    public TemplateLimits {
        requireRange("template.max-source-characters", maxSourceCharacters, 1, 1 << 28);
        requireRange("template.max-steps", maxSteps, 1, 1L << 40);
        requireRange("template.max-depth", maxDepth, 1, 1_000);
        requireRange("template.max-output-characters", maxOutputCharacters, 1, 1 << 28);
        requireRange("template.max-text-characters", maxTextCharacters, 1, 1L << 40);
        requireRange("template.max-range", maxRange, 1, 1 << 24);
    }
}
