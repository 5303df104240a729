package dev.foretoken.routing.policy;

/** Chooses an engine. A pure function: the same features give the same choice, today and in a replay. */
public interface RoutePolicy {

    /** What options and records call it: lower-case-dashed. */
    String name();

    /** Index of the candidate that is to be asked; -1 where every one is {@link Standing#EXCLUDED}, or there is none. */
    int choose(RouteFeatures features);

    /** What a candidate was compared by, less is better; NaN where the policy compares nothing. */
    double score(RouteFeatures features, int candidate);
}
