package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.require;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of {@code serve}. Each can also be set by an environment variable, {@code FORETOKEN_} and its name in capitals. */
@Command(name = "serve")
public final class ServeOptions {

    private static final String API_KEY = "FORETOKEN_API_KEY";
    private static final String POD_CREDENTIAL = "FORETOKEN_POD_CREDENTIAL";

    @Option(
            names = "--model",
            paramLabel = "NAME=PATH|REFERENCE",
            split = ",",
            defaultValue = "${env:FORETOKEN_MODEL}",
            description =
                    "A Hugging Face checkpoint directory, GGUF file, ONNX graph (a *.onnx file or its folder) or recipe to serve under NAME; or a name of the registry: toy:ALIAS, toy@VERSION, toy@VERSION/VARIANT, toy@VERSION/auto, or toy for all of them, loaded when they are asked for; repeatable. Default: the demo model.")
    List<String> models = List.of();

    @Option(
            names = "--host",
            defaultValue = "${env:FORETOKEN_HOST:-127.0.0.1}",
            description =
                    "Address to listen on; any but a loopback address needs --api-key, --tenants or --jwt-keys. Default: ${DEFAULT-VALUE}.")
    String host = "127.0.0.1";

    @Option(
            names = "--port",
            defaultValue = "${env:FORETOKEN_PORT:-8080}",
            description = "HTTP port; 0 = any free one. Default: ${DEFAULT-VALUE}.")
    int port;

    @Option(
            names = "--grpc-port",
            defaultValue = "${env:FORETOKEN_GRPC_PORT:-9090}",
            description = "gRPC port. Default: ${DEFAULT-VALUE}.")
    int grpcPort;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            description =
                    "Key that callers must present as a bearer token; repeatable. Everybody on this machine can read it in the process list: better use --api-key-file or the environment variable FORETOKEN_API_KEY, which holds one key.")
    List<String> apiKeys = List.of();

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_API_KEY_FILE}",
            description = "File with one such key a line.")
    @Nullable
    Path apiKeyFile;

    @Option(
            names = "--role",
            defaultValue = "${env:FORETOKEN_ROLE:-all}",
            description = "all, gateway, runtime or registry. Default: ${DEFAULT-VALUE}.")
    Role role = Role.ALL;

    @Option(
            names = "--pod",
            paramLabel = "HOST:PORT",
            split = ",",
            defaultValue = "${env:FORETOKEN_POD}",
            description =
                    "Runtime pods of a gateway: HOST:PORT is one, dns:NAME:PORT one at every address of a name, kubernetes:NAMESPACE/SERVICE:PORT the ready pods of a service of this cluster; they may come and go; repeatable.")
    List<String> pods = List.of();

    @Option(
            names = "--pod-port",
            defaultValue = "${env:FORETOKEN_POD_PORT:-9091}",
            description = "Internal gRPC port of role runtime, and of role all --with-pod. Default: ${DEFAULT-VALUE}.")
    int podPort;

    @Option(
            names = "--pod-credential",
            paramLabel = "SECRET",
            description =
                    "Shared by gateways and pods; at least 16 characters. Better set by --pod-credential-file or FORETOKEN_POD_CREDENTIAL.")
    String podCredential = "";

    @Option(
            names = "--pod-credential-file",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_POD_CREDENTIAL_FILE}",
            description = "File whose one line is that secret.")
    @Nullable
    Path podCredentialFile;

    @Option(
            names = "--drain-seconds",
            defaultValue = "${env:FORETOKEN_DRAIN_SECONDS:-25}",
            description = "How long running requests may finish after SIGTERM. Default: ${DEFAULT-VALUE}.")
    long drainSeconds;

    @Mixin
    EngineOptions engine = new EngineOptions();

    @Mixin
    SchedulerOptions scheduler = new SchedulerOptions();

    @Mixin
    AdapterOptions adapters = new AdapterOptions();

    @Mixin
    RegistryOptions registry = new RegistryOptions();

    @Mixin
    ReplicaOptions replica = new ReplicaOptions();

    @Mixin
    ResidencyOptions residency = new ResidencyOptions();

    @Mixin
    AdminOptions admin = new AdminOptions();

    @Mixin
    PredictionOptions prediction = new PredictionOptions();

    @Mixin
    TensorOptions tensors = new TensorOptions();

    @Mixin
    BatchOptions batches = new BatchOptions();

    @Mixin
    TenantOptions tenants = new TenantOptions();

    @Mixin
    RemoteOptions remote = new RemoteOptions();

    @Option(
            names = "--rollouts",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_ROLLOUTS}",
            description =
                    "JSON file that says which other variants answer requests of served names: under load, as canaries, as shadows (src/docs/rollouts.md).")
    @Nullable
    Path rollouts;

    @Mixin
    TransportOptions transport = new TransportOptions();

    @Mixin
    ObservabilityOptions observability = new ObservabilityOptions();

    @Mixin
    ConnectionOptions connections = new ConnectionOptions();

    @Mixin
    RoutingOptions routing = new RoutingOptions();

    @Mixin
    PoolOptions pool = new PoolOptions();

    @Mixin
    BatchFolderOptions batchFolder = new BatchFolderOptions();

    @Mixin
    BatchTopicOptions batchTopics = new BatchTopicOptions();

    /**
     * All of it, checked.
     *
     * @param environment of the process: the secrets that were not given as options
     */
    public AppConfig config(Map<String, String> environment) {
        return new AppConfig(
                role,
                new Ports(host, port, grpcPort, podPort),
                mounts(),
                pods.stream().map(PodPlace::parse).toList(),
                apiKeys(environment),
                podCredential(environment),
                engine.settings()
                        .scheduled(scheduler.cacheBytes, scheduler.config())
                        .adapted(adapters.limits())
                        .taking(residency.turns())
                        .joining(batches.config()),
                adapters.settings(),
                registry.config(environment),
                admin.config(AppConfig.hasRegistry(role, pool.settings()), environment),
                Duration.ofSeconds(drainSeconds),
                offered(environment),
                remote.hosts(),
                prediction.settings(),
                tensors.limits(),
                transport.settings(),
                tenants.identities(environment),
                observability.settings(),
                routing.config(),
                routing.calls(),
                connections.limits(),
                rollouts == null ? List.of() : RolloutFile.read(rollouts),
                pool.settings(),
                batchFolder.settings(environment),
                batchTopics.settings());
    }

    private RegistrySettings offered(Map<String, String> environment) {
        return new RegistrySettings(
                models.stream()
                        .filter(RegistryMount::isOne)
                        .map(RegistryMount::parse)
                        .toList(),
                residency.floor(),
                replica.settings(environment, transport.settings().pods().identity()));
    }

    private List<ModelMount> mounts() {
        boolean told = replica.url != null && !replica.url.isEmpty();
        boolean demo = models.isEmpty() && role != Role.REGISTRY && !told;
        return (demo ? List.of(ModelLocation.DEMO) : models)
                .stream()
                        .filter(text -> !RegistryMount.isOne(text))
                        .map(ModelMount::parse)
                        .toList();
    }

    /** Those of the command line and the file together; the environment's where there are none. Never split: a key may hold any character. */
    private List<String> apiKeys(Map<String, String> environment) {
        List<String> keys = new ArrayList<>(apiKeys);
        if (apiKeyFile != null) {
            keys.addAll(new SecretFile("api-key-file", apiKeyFile).read());
        }
        String own = environment.getOrDefault(API_KEY, "");
        if (keys.isEmpty() && !own.isEmpty()) {
            keys.add(own);
        }
        return keys;
    }

    private String podCredential(Map<String, String> environment) {
        if (!podCredential.isEmpty()) {
            return podCredential;
        }
        if (podCredentialFile == null) {
            return environment.getOrDefault(POD_CREDENTIAL, "");
        }
        List<String> lines = new SecretFile("pod-credential-file", podCredentialFile).read();
        require(lines.size() == 1, "pod-credential-file", podCredentialFile, "a file of one line");
        return lines.getFirst();
    }
}
