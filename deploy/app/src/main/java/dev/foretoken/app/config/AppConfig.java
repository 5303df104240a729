package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.gateway.AdminConfig;
import dev.foretoken.gateway.HttpLimits;
import dev.foretoken.gateway.auth.Identities;
import dev.foretoken.gateway.routing.CallLimits;
import dev.foretoken.gateway.routing.RoutingConfig;
import dev.foretoken.gateway.tensor.TensorLimits;
import dev.foretoken.registry.RegistryConfig;
import dev.foretoken.registry.trust.TrustPolicy;
import dev.foretoken.routing.variant.VariantRollout;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything a server process is told.
 *
 * @param models served under their names; in role GATEWAY the location is where the tokenizer is
 * @param pods where a gateway finds runtime pods
 * @param apiKeys what callers present; needed when listening on more than the loopback address
 * @param podCredential what gateways present to pods; empty = none
 * @param adapters LoRA adapters of the models that are computed here
 * @param registry where it is, for models that are named by it
 * @param admin where operators come in; empty = nowhere
 * @param drainTimeout how long running requests may go on after the process was told to stop
 * @param offered what is served from the registry beside {@code models}
 * @param remote hosts that operators may have models pulled from
 * @param prediction how prompts come into the caches where requests do not say it
 * @param tensors what requests with tensors, or texts for encoders, may ask for
 * @param transport what travels encrypted
 * @param identities tenants and signed tokens, beside {@code apiKeys}
 * @param observability how it is watched
 * @param routing how engines are chosen
 * @param calls how much is done for a request whose engine refuses it, is lost, or is slow
 * @param http what one connection of a caller may cost
 * @param rollouts which other variants answer requests of served names
 * @param pool how it is part of a pool behind a gateway that is not ours
 * @param batchFolder where batches of callers are kept; empty = none are taken
 * @param batchTopics requests that come in by Kafka
 */
public record AppConfig(
        Role role,
        Ports ports,
        List<ModelMount> models,
        List<PodPlace> pods,
        List<String> apiKeys,
        String podCredential,
        EngineSettings engine,
        AdapterSettings adapters,
        RegistryConfig registry,
        Optional<AdminConfig> admin,
        Duration drainTimeout,
        RegistrySettings offered,
        RemoteHosts remote,
        PredictionSettings prediction,
        TensorLimits tensors,
        TransportSettings transport,
        Identities identities,
        ObservabilitySettings observability,
        RoutingConfig routing,
        CallLimits calls,
        HttpLimits http,
        List<VariantRollout> rollouts,
        PoolSettings pool,
        Optional<BatchFolderSettings> batchFolder,
        Optional<BatchTopicSettings> batchTopics) {

    public AppConfig {
        models = List.copyOf(models);
        pods = List.copyOf(pods);
        apiKeys = List.copyOf(apiKeys);
        rollouts = List.copyOf(rollouts);
        require(
                role == Role.REGISTRY
                        ? models.isEmpty() && offered.mounts().isEmpty()
                        : !models.isEmpty() || !offered.mounts().isEmpty() || offered.followsAssignments(),
                "model",
                models,
                "given at least once, and not in role registry, which serves none");
        offered.replica().ifPresent(replica -> replica.requireFor(role, transport));
        require(
                offered.replica().isEmpty() || registry.trust() == TrustPolicy.NONE,
                "signatures",
                registry.trust().name().toLowerCase(java.util.Locale.ROOT),
                "given to the process in role registry, which checks them, where registry-url is given");
        requireUniqueNames(models);
        engine.drafts().requireNamesIn(models);
        adapters.requireModelsIn(models);
        prediction.requireNamesIn(models, offered.mounts());
        require(
                role.hasEdge() || prediction.equals(PredictionSettings.NONE),
                "prefill-mode, repair-by, ttft-objective or max-prepared-turns",
                "(given)",
                "given where callers come in, which is role all or gateway");
        require(
                role.hasEdge() || rollouts.isEmpty(),
                "rollouts",
                "(given)",
                "given where callers come in, which is role all or gateway");
        require(
                role != Role.GATEWAY || adapters.equals(AdapterSettings.NONE),
                "adapters",
                adapters.folder().map(Object::toString).orElse("(mounts)"),
                "given where models are computed, not in role gateway");
        require(
                (role == Role.GATEWAY) == !pods.isEmpty(),
                "pod",
                pods,
                "given in role gateway and only there (role is " + role.name().toLowerCase(java.util.Locale.ROOT)
                        + ")");
        require(
                role == Role.GATEWAY || !routing.hold().isOn(),
                "hold-seconds",
                routing.hold().longest().toSeconds(),
                "0 unless in role gateway: only its engines may be away");
        require(
                role.hasEdge() || batchFolder.isEmpty(),
                "batch-folder",
                "(given)",
                "given where callers come in, which is role all or gateway");
        require(
                role.hasEdge() || batchTopics.isEmpty(),
                "batch-brokers",
                batchTopics.map(BatchTopicSettings::brokers).orElse(""),
                "given where callers come in, which is role all or gateway");
        pool.requireFor(role, pods);
        transport.requireFor(role, pool.withPod(), ports.host(), pods);
        requireRange("drain-timeout", drainTimeout, Duration.ZERO, Duration.ofHours(1));
    }

    private static void requireUniqueNames(List<ModelMount> models) {
        Set<String> names = new HashSet<>();
        for (ModelMount model : models) {
            require(names.add(model.name()), "model", model, "given once per name");
        }
    }

    /** Whether gateways can have requests computed here. */
    public boolean isPod() {
        return role == Role.RUNTIME || pool.withPod();
    }

    /** Whether the registry is shown here, and works on jobs where this is no gateway. One of many pods only reads it. */
    public boolean hasRegistry() {
        return hasRegistry(role, pool);
    }

    static boolean hasRegistry(Role role, PoolSettings pool) {
        return role.hasRegistry() && !pool.withPod();
    }

    /** What pods demand, where they do. */
    public Optional<String> credential() {
        return Optional.of(podCredential).filter(secret -> !secret.isEmpty());
    }

    /** Keys are secrets: only their number is shown. */
    @Override
    public String toString() {
        return "AppConfig[role=" + role + ", ports=" + ports + ", models=" + models + ", offered=" + offered.mounts()
                + ", pods=" + pods + ", apiKeys=" + apiKeys.size() + "]";
    }
}
