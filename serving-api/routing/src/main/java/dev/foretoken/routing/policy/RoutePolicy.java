package dev.foretoken.routing.policy;

/** Chooses an engine. A pure function: the same features give the same choice, today and in a replay. */
public interface RoutePolicy {

    /** What options and records call it: lower-case-dashed. */
    String name();

    /** Index of the candidate that is to be asked; -1 where every one is {@link Standing#EXCLUDED}, or there is none. */
    int choose(RouteFeatures features);

    /**
     * Whether a request is better sent to {@code other} than refused, because the candidate that was chosen for it is full.
     *
     * @param full index of the chosen one
     */
    default boolean isWorthInstead(RouteFeatures features, int full, int other) {
        return true;
    }

    /** What a candidate was compared by, less is better; NaN where the policy compares nothing. */
    double score(RouteFeatures features, int candidate);

    /** Why a candidate other than the chosen one was not chosen. */
    default WhyNot whyNot(RouteFeatures features, int candidate) {
        return switch (features.candidates().get(candidate).standing()) {
            case READY -> WhyNot.WORSE;
            case LOADABLE, NOT_READY -> WhyNot.NOT_READY;
            case BREAKER_OPEN -> WhyNot.BREAKER_OPEN;
            case DRAINING -> WhyNot.DRAINING;
            case LACKS_ADAPTER -> WhyNot.LACKS_ADAPTER;
            case EXCLUDED -> WhyNot.EXCLUDED;
        };
    }
}
