package dev.foretoken.bench.cluster;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.routing.policy.RoutePolicy;

/**
 * A cluster and what is asked of it.
 *
 * @param load requests that come
 * @param scheduler whether pods are the real scheduler instead of the model of it
 * @param policy of every gateway
 */
record ClusterConfig(
        int pods, int gateways, Load load, boolean scheduler, PodSpec pod, ReportTimes reports, RoutePolicy policy) {

    /**
     * Requests that come by themselves, at exponentially distributed distances.
     *
     * @param perSecond how many, on average
     * @param seconds for how long; those of the first {@code warmSeconds} are not counted
     * @param seed decides all that is drawn
     */
    record Load(ChatSpec chat, double perSecond, double warmSeconds, double seconds, long seed) {
        Load {
            if (!(perSecond > 0) || !(warmSeconds >= 0) || !(seconds > warmSeconds)) {
                throw new IllegalArgumentException("a load of " + perSecond + " requests a second for " + seconds
                        + " s, of which " + warmSeconds + " are to warm up; expected more than 0, and less to warm up");
            }
        }
    }

    ClusterConfig {
        requireRange("pods", pods, 1, 1 << 16);
        requireRange("gateways", gateways, 1, 256);
    }

    ClusterConfig withPods(int count) {
        return new ClusterConfig(count, gateways, load, scheduler, pod, reports, policy);
    }

    ClusterConfig withGateways(int count) {
        return new ClusterConfig(pods, count, load, scheduler, pod, reports, policy);
    }

    ClusterConfig withLoad(Load newLoad) {
        return new ClusterConfig(pods, gateways, newLoad, scheduler, pod, reports, policy);
    }

    ClusterConfig withScheduler(boolean real) {
        return new ClusterConfig(pods, gateways, load, real, pod, reports, policy);
    }

    ClusterConfig withPolicy(RoutePolicy newPolicy) {
        return new ClusterConfig(pods, gateways, load, scheduler, pod, reports, newPolicy);
    }
}
