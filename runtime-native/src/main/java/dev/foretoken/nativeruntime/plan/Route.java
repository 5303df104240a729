package dev.foretoken.nativeruntime.plan;

/**
 * What a sublayer reads and where its result goes. Beside the residual stream there is one vector per token, the side, by which sublayers
 * that do not end in the residual hand on what they found (Zamba, Glorioso 2024).
 */
public record Route(Source source, Target target) {

    /** Read from the residual and added to it. */
    public static final Route RESIDUAL = new Route(Source.HIDDEN, Target.HIDDEN);

    /** What is normed and mixed. */
    public enum Source {
        HIDDEN,
        /** The hidden vector, and behind it what it began as: twice as wide. */
        HIDDEN_THEN_EMBEDDING,
        SIDE,
        /** The sum of both. */
        HIDDEN_PLUS_SIDE,
        ;
    }

    /** What becomes of the result. */
    public enum Target {
        /** It is added to the hidden vector. */
        HIDDEN,
        /** It replaces the side. */
        SIDE,
        ;
    }

    boolean readsSide() {
        return source == Source.SIDE || source == Source.HIDDEN_PLUS_SIDE;
    }
}
