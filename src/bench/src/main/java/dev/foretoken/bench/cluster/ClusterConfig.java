package dev.foretoken.bench.cluster;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.routing.policy.RoutePolicy;
import java.util.List;

/**
 * A cluster and what is asked of it.
 *
 * @param load requests that come
 * @param scheduler whether pods are the real scheduler instead of the model of it
 * @param policy of every gateway
 * @param failures of every pod
 */
record ClusterConfig(
        int pods,
        int gateways,
        Load load,
        boolean scheduler,
        PodSpec pod,
        ReportTimes reports,
        RoutePolicy policy,
        Failures failures) {

    /**
     * Requests that come by themselves, at exponentially distributed distances.
     *
     * @param perSecond how many, on average
     * @param seconds for how long; those of the first {@code warmSeconds} are not counted
     * @param seed decides all that is drawn
     * @param tenants whose requests they are, at least one
     */
    record Load(
            ChatSpec chat, double perSecond, double warmSeconds, double seconds, long seed, List<TenantShare> tenants) {

        /** Requests a second, and seconds. */
        private static final double MOST = 1e8;

        /** When the last one comes, in nanoseconds. */
        long end() {
            return nanos(seconds);
        }

        /** From when on they are counted, in nanoseconds. */
        long begin() {
            return nanos(warmSeconds);
        }

        private static long nanos(double seconds) {
            return (long) (seconds * 1e9);
        }

        Load {
            tenants = List.copyOf(tenants);
            requireRange("tenants", tenants.size(), 1, 1024);
            boolean bounded = perSecond <= MOST && seconds <= MOST;
            if (!(perSecond > 0) || !(warmSeconds >= 0) || !(seconds > warmSeconds) || !bounded) {
                throw new IllegalArgumentException(
                        "a load of " + perSecond + " requests a second for " + seconds + " s, of which " + warmSeconds
                                + " are to warm up; expected more than 0, " + MOST + " at most, and less to warm up");
            }
        }
    }

    ClusterConfig {
        requireRange("pods", pods, 1, 1 << 16);
        requireRange("gateways", gateways, 1, 256);
    }

    ClusterConfig withPods(int count) {
        return new ClusterConfig(count, gateways, load, scheduler, pod, reports, policy, failures);
    }

    ClusterConfig withPod(PodSpec newPod) {
        return new ClusterConfig(pods, gateways, load, scheduler, newPod, reports, policy, failures);
    }

    ClusterConfig withGateways(int count) {
        return new ClusterConfig(pods, count, load, scheduler, pod, reports, policy, failures);
    }

    ClusterConfig withLoad(Load newLoad) {
        return new ClusterConfig(pods, gateways, newLoad, scheduler, pod, reports, policy, failures);
    }

    ClusterConfig withScheduler(boolean real) {
        return new ClusterConfig(pods, gateways, load, real, pod, reports, policy, failures);
    }

    ClusterConfig withFailures(Failures newFailures) {
        return new ClusterConfig(pods, gateways, load, scheduler, pod, reports, policy, newFailures);
    }

    ClusterConfig withPolicy(RoutePolicy newPolicy) {
        return new ClusterConfig(pods, gateways, load, scheduler, pod, reports, newPolicy, failures);
    }
}
