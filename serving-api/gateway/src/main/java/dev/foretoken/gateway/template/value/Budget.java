package dev.foretoken.gateway.template.value;

/** What one rendering may still use. Every operation that can grow pays here before it allocates. */
public final class Budget {
    private final long maxSteps;
    private final long maxText;
    private final int maxDepth;
    private final int maxRange;
    private long steps;
    private long text;
    private int depth;

    /**
     * @param maxSteps evaluated nodes and visited items
     * @param maxText characters of all texts made on the way, intermediate ones included
     * @param maxDepth nesting of expressions, blocks and macro calls
     * @param maxRange numbers that one {@code range} may give
     */
    public Budget(long maxSteps, long maxText, int maxDepth, int maxRange) {
        this.maxSteps = maxSteps;
        this.maxText = maxText;
        this.maxDepth = maxDepth;
        this.maxRange = maxRange;
    }

    public void step() {
        steps(1);
    }

    public void steps(long count) {
        steps += count;
        if (steps > maxSteps || count < 0) {
            throw new TemplateError("the template needs more than " + maxSteps + " steps");
        }
    }

    public void text(long characters) {
        text += characters;
        if (text > maxText || characters < 0) {
            throw new TemplateError("the template makes texts of more than " + maxText + " characters");
        }
    }

    public void enter() {
        if (++depth > maxDepth) {
            throw new TemplateError("the template nests deeper than " + maxDepth + " levels");
        }
    }

    public void leave() {
        depth--;
    }

    public int maxRange() {
        return maxRange;
    }
}
