package dev.foretoken.bench.cluster;

import dev.foretoken.routing.policy.RoutePolicies;

/** Clusters that are asked about. */
enum ClusterScenario {
    /** Four small pods that together hold the system prompts of all chats, and none of which alone does. */
    CHAT(config(4, PodSpec.TWO_CORES, ReportTimes.DEFAULT, new ChatSpec(64, 1536, 256, 2, 32, 16), 3, 120, 1020)),
    /** A thousand pods, and a hundred thousand requests a second for a minute. */
    BURST(config(
            1000, PodSpec.LLAMA_68M, ReportTimes.DEFAULT, new ChatSpec(2000, 128, 200_000, 4, 32, 8), 100_000, 5, 60)),
    /** A thousand pods for a day with little to do. */
    DAY(config(
            1000, PodSpec.LLAMA_68M, ReportTimes.SELDOM, new ChatSpec(2000, 128, 20_000, 4, 32, 8), 100, 60, 86_400)),
    ;

    private final ClusterConfig config;

    ClusterScenario(ClusterConfig config) {
        this.config = config;
    }

    private static ClusterConfig config(
            int pods, PodSpec pod, ReportTimes reports, ChatSpec chat, double perSecond, double warm, double seconds) {
        ClusterConfig.Load load = new ClusterConfig.Load(chat, perSecond, warm, seconds, 1, TenantShare.NOBODY);
        return new ClusterConfig(pods, 1, load, false, pod, reports, RoutePolicies.DEFAULT, Failures.NONE);
    }

    ClusterConfig config() {
        return config;
    }
}
