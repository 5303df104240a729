package dev.foretoken.nativeruntime.experts;

/**
 * Which strategy is fastest, by the number of tokens and experts. Measured with {@code bench experts}; what came out stands in {@code
 * src/bench/README.md}.
 *
 * @param perTokenUpTo tokens that are computed one after the other
 * @param denseUpTo experts per chosen expert up to which all are computed
 */
public record StrategyTable(int perTokenUpTo, int denseUpTo) {

    public static final StrategyTable MEASURED = new StrategyTable(1, 1);

    public ExpertStrategy pick(int tokens, int experts, int perToken) {
        if (tokens <= perTokenUpTo) {
            return ExpertStrategy.PER_TOKEN;
        }
        return experts <= denseUpTo * perToken ? ExpertStrategy.DENSE : ExpertStrategy.GROUPED;
    }
}
