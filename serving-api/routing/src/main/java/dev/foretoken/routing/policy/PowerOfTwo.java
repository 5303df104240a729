package dev.foretoken.routing.policy;

/**
 * The less busy of two that are drawn, by what this gateway sent there: needs no report, and no crowd runs to one engine. (Mitzenmacher 2001,
 * "The Power of Two Choices in Randomized Load Balancing".)
 */
public final class PowerOfTwo implements RoutePolicy {

    @Override
    public String name() {
        return "power-of-two";
    }

    @Override
    public int choose(RouteFeatures features) {
        int[] ready = Eligible.ready(features);
        return ready.length == 0 ? Eligible.lastResort(features) : pick(features, ready);
    }

    @Override
    public double score(RouteFeatures features, int candidate) {
        return features.candidates().get(candidate).inFlight();
    }

    /** One of {@code among}, at least one. */
    static int pick(RouteFeatures features, int[] among) {
        int first = below(features.draw() & 0xFFFF_FFFFL, among.length);
        int second = among.length == 1 ? first : below(features.draw() >>> 32, among.length - 1);
        second += among.length > 1 && second >= first ? 1 : 0;
        int one = features.candidates().get(among[first]).inFlight();
        int other = features.candidates().get(among[second]).inFlight();
        return other < one ? among[second] : among[first];
    }

    private static int below(long bits, int bound) {
        return (int) (bits * bound >>> 32);
    }
}
