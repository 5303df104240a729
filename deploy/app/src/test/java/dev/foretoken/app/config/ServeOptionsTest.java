package dev.foretoken.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DraftNetwork;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Precision;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.gateway.AdminConfig;
import dev.foretoken.gateway.HttpLimits;
import dev.foretoken.gateway.auth.Identities;
import dev.foretoken.gateway.auth.TokenConfig;
import dev.foretoken.gateway.hold.HoldLimits;
import dev.foretoken.gateway.metrics.MetricPrefix;
import dev.foretoken.gateway.model.PrefillChoice;
import dev.foretoken.gateway.routing.CallLimits;
import dev.foretoken.gateway.routing.RoutingConfig;
import dev.foretoken.gateway.tensor.TensorLimits;
import dev.foretoken.gateway.tracing.TracingConfig;
import dev.foretoken.gateway.turn.TurnLimits;
import dev.foretoken.registry.RegistryConfig;
import dev.foretoken.routing.fleet.FleetConfig;
import dev.foretoken.routing.policy.RoutePolicies;
import dev.foretoken.scheduler.PrefixCacheConfig;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.SpeculationConfig;
import dev.foretoken.scheduler.tensor.TensorConfig;
import dev.foretoken.wire.tls.PemFile;
import dev.foretoken.wire.tls.TlsFiles;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ServeOptionsTest {

    @TempDir
    private Path folder;

    private static AppConfig parse(String... arguments) {
        return parse(Map.of(), arguments);
    }

    private static AppConfig parse(Map<String, String> environment, String... arguments) {
        ServeOptions options = new ServeOptions();
        new CommandLine(options)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(Arrays.copyOfRange(arguments, 1, arguments.length));
        return options.config(environment);
    }

    @Test
    void withoutFlagsTheDemoModelIsServedOnTheLoopbackAddress() {
        AppConfig config = parse("serve");
        assertThat(config)
                .isEqualTo(new AppConfig(
                        Role.ALL,
                        Ports.DEFAULT,
                        List.of(new ModelMount("demo", "demo")),
                        List.of(),
                        List.of(),
                        "",
                        EngineSettings.DEFAULT,
                        AdapterSettings.NONE,
                        RegistryConfig.at(Path.of(System.getProperty("user.home"), ".foretoken", "registry")),
                        Optional.empty(),
                        Duration.ofSeconds(25),
                        RegistrySettings.NONE,
                        RemoteHosts.NONE,
                        PredictionSettings.NONE,
                        TensorLimits.DEFAULT,
                        TransportSettings.PLAIN,
                        Identities.NONE,
                        ObservabilitySettings.DEFAULT,
                        RoutingConfig.DEFAULT,
                        CallLimits.DEFAULT,
                        HttpLimits.DEFAULT,
                        List.of(),
                        PoolSettings.NONE,
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void everyFlagReachesItsSetting() {
        AppConfig config = parse(
                ("serve --role gateway --routing-policy least-loaded --routing-stale-after 2500 --hold-seconds 90 --hold-requests 7 --hedge-after 350 --max-connections 99 --host 0.0.0.0 --port 1 --grpc-port 2 --pod-port 3 --model a=/x --model b=/y --pod 10.0.0.4:4"
                                + " --pod 10.0.0.5:5 --picker-port 9 --api-key k1 --api-key k2 --pod-credential 0123456789abcdef --threads 3"
                                + " --memory 2g --kernels scalar --precision exact --kv-cache-dtype int8 --max-context 512"
                                + " --speculate 5 --weights q4-g64 --draft-model a=/d --draft-model /e --draft-slice 0.5"
                                + " --drain-seconds 7 --cpus 0-2,8 --device cuda:1 --max-running-sequences 5 --max-tokens-per-step 70"
                                + " --prompt-tokens-beside-decode 9 --max-queued-sequences 11 --no-prefix-cache --cache-bytes 3m"
                                + " --checkpoint-bytes 1m --checkpoint-interval 96"
                                + " --registry /r --database jdbc:postgresql://db/models --admin-host 0.0.0.0 --admin-port 6 --admin-key admin-key-1"
                                + " --allow-host *.a.example,b.example --allow-private-host 10.0.0.1:9"
                                + " --prefill-mode auto,a=predicted --repair-by b=never --ttft-objective 800"
                                + " --max-prepared-turns 6 --max-tensor-bytes 64m --max-texts 9"
                                + " --max-batch-rows 7 --max-batch-delay 8 --max-queued-requests 10 --max-answer-bytes 3m --max-sessions 12 --session-idle 13"
                                + " --max-session-bytes 14m --session-memory 15m"
                                + " --tls-cert /t/crt --tls-key /t/key --tls-client-ca /t/ca"
                                + " --pod-tls-cert /p/crt --pod-tls-key /p/key --pod-tls-ca /p/ca --pod-tls-name pods"
                                + " --tenants /t.yaml --jwt-keys /jwks.json --jwt-issuer https://issuer.example --jwt-audience us"
                                + " --jwt-algorithm ES256 --jwt-tenant-claim team --tenant-limits-database jdbc:postgresql://db/limits --metrics-prefix own_"
                                + " --otlp-endpoint http://collector:4318 --trace-share 0.25"
                                + " --batch-folder /batches --batch-database jdbc:postgresql://db/batches --batch-file-days 3")
                        .split(" "));
        assertThat(config)
                .isEqualTo(new AppConfig(
                        Role.GATEWAY,
                        new Ports("0.0.0.0", 1, 2, 3),
                        List.of(new ModelMount("a", "/x"), new ModelMount("b", "/y")),
                        List.of(new PodPlace.Address("10.0.0.4", 4), new PodPlace.Address("10.0.0.5", 5)),
                        List.of("k1", "k2"),
                        "0123456789abcdef",
                        new EngineSettings(
                                        3,
                                        CpuList.parse("0-2,8"),
                                        2L << 30,
                                        3L << 20,
                                        new RuntimeOptions(
                                                CacheType.INT8, "scalar", Precision.EXACT, 512, Weights.Q4_G64),
                                        new SchedulerConfig(
                                                        5, 70, 9, 11, false, SchedulerConfig.DEFAULT.maxFailedSteps())
                                                .withPrefixes(new PrefixCacheConfig(false, 1 << 20, 96, 64))
                                                .withSpeculation(SpeculationConfig.ofTokens(5)),
                                        new DraftSettings(
                                                List.of(new DraftMount("a", "/d"), new DraftMount("", "/e")), 0.5))
                                .on(DeviceChoice.parse("cuda:1"))
                                .joining(new TensorConfig(
                                        256 << 20,
                                        3 << 20,
                                        10,
                                        512 << 20,
                                        new TensorConfig.Batch(7, 16_384, 32 << 20, 0.2, Duration.ofMillis(8)),
                                        new TensorConfig.Sessions(12, Duration.ofSeconds(13), 14 << 20, 15 << 20))),
                        AdapterSettings.NONE,
                        RegistryConfig.at(Path.of("/r")).withMetadata("jdbc:postgresql://db/models"),
                        Optional.of(new AdminConfig("0.0.0.0", 6, List.of("admin-key-1"), List.of())),
                        Duration.ofSeconds(7),
                        RegistrySettings.NONE,
                        new RemoteHosts(List.of("*.a.example", "b.example"), List.of("10.0.0.1:9")),
                        new PredictionSettings(
                                Map.of(
                                        "a", new PrefillChoice(PrefillMode.PREDICTED, null, null),
                                        "b", new PrefillChoice(null, Repair.NEVER, null)),
                                new PrefillChoice(PrefillMode.AUTO, null, Duration.ofMillis(800)),
                                new TurnLimits(6, 3, Duration.ofSeconds(30))),
                        new TensorLimits(64 << 20, 256, 16, 9),
                        new TransportSettings(
                                tls("tls", "tls-client-ca", "/t"),
                                tls("pod-tls", "pod-tls-ca", "/p"),
                                Optional.of("pods"),
                                false),
                        new Identities(
                                Optional.of(Path.of("/t.yaml")),
                                Optional.of(new TokenConfig(
                                        "https://issuer.example", "us", "ES256", Path.of("/jwks.json"), "team")),
                                Optional.of("jdbc:postgresql://db/limits")),
                        new ObservabilitySettings(
                                new MetricPrefix("own_"),
                                Optional.of(new TracingConfig(URI.create("http://collector:4318"), 0.25))),
                        new RoutingConfig(
                                RoutePolicies.named("least-loaded").orElseThrow(),
                                FleetConfig.DEFAULT.withStaleAfter(Duration.ofMillis(2500)),
                                RoutingConfig.DEFAULT.records(),
                                new HoldLimits(Duration.ofSeconds(90), 7)),
                        CallLimits.DEFAULT.hedgingAfter(Duration.ofMillis(350)),
                        HttpLimits.DEFAULT.withMaxConnections(99),
                        List.of(),
                        new PoolSettings(OptionalInt.of(9), false),
                        Optional.of(new BatchFolderSettings(
                                Path.of("/batches"), "jdbc:postgresql://db/batches", Duration.ofDays(3))),
                        Optional.empty()));
    }

    @Test
    void batchesLieInAFileOfTheirFolderUnlessSaidOtherwise() {
        BatchFolderSettings own =
                parse("serve", "--batch-folder", "/b").batchFolder().orElseThrow();
        assertThat(own)
                .isEqualTo(new BatchFolderSettings(Path.of("/b"), "jdbc:sqlite:/b/batch.db", Duration.ofDays(30)));
        String url = "jdbc:postgresql://db/b?password=secret";
        BatchFolderSettings shared = parse(Map.of("FORETOKEN_BATCH_DATABASE", url), "serve", "--batch-folder", "/b")
                .batchFolder()
                .orElseThrow();
        assertThat(shared.database()).isEqualTo(url);
        assertThat(shared.toString()).doesNotContain("secret");
        assertThatThrownBy(() -> parse("serve", "--batch-folder", "/b", "--batch-file-days", "0"))
                .hasMessageContaining("batch-file-days");
        assertThatThrownBy(() -> parse("serve", "--role", "runtime", "--batch-folder", "/b"))
                .hasMessageContaining("batch-folder");
    }

    private static TlsFiles tls(String prefix, String authorities, String folder) {
        return new TlsFiles(
                Optional.of(new TlsFiles.Identity(
                        new PemFile(prefix + "-cert", Path.of(folder, "crt")),
                        new PemFile(prefix + "-key", Path.of(folder, "key")))),
                Optional.of(new PemFile(authorities, Path.of(folder, "ca"))));
    }

    @Test
    void aProcessThatCallersDoNotReachIsNotToldHowToReadTheirPrompts() {
        assertThatThrownBy(() -> parse("serve", "--role", "runtime", "--prefill-mode", "auto"))
                .hasMessageContaining("where callers come in");
    }

    @Test
    void tokensTravelInPlaintextOnThisMachineAndElsewhereOnlyWhereThatIsSaid() {
        assertThat(parse("serve --role gateway --pod 127.0.0.1:1,localhost:2".split(" "))
                        .transport())
                .isEqualTo(TransportSettings.PLAIN);
        assertThat(parse("serve --role gateway --pod h:1 --pod-plaintext".split(" "))
                        .transport()
                        .podPlaintext())
                .isTrue();
        assertThat(parse("serve --role gateway --pod h:1 --pod-tls-ca /a".split(" "))
                        .transport()
                        .pods()
                        .authorities())
                .isPresent();
    }

    @Test
    void theRegistryIsInTheHomeThatTheEnvironmentNames() {
        assertThat(parse(Map.of("FORETOKEN_HOME", "/home"), "serve").registry())
                .isEqualTo(RegistryConfig.at(Path.of("/home/registry")));
    }

    @Test
    void aRegistryServesNoModels() {
        assertThat(parse("serve", "--role", "registry").models()).isEmpty();
        assertThatThrownBy(() -> parse("serve", "--role", "registry", "--model", "a=/x"))
                .hasMessageContaining("model")
                .hasMessageContaining("a=/x");
    }

    @Test
    void everyFlagAboutAdaptersReachesItsSetting() {
        AppConfig config = parse(
                ("serve --model a=/x --model b:c=/y --adapter a:s=/s --adapter b:c:t=/t --adapters /all --max-adapters 5"
                                + " --max-adapter-rank 32 --adapter-bytes 3m")
                        .split(" "));
        assertThat(config.adapters())
                .isEqualTo(new AdapterSettings(
                        List.of(new AdapterMount("a", "s", Path.of("/s")), new AdapterMount("b:c", "t", Path.of("/t"))),
                        Optional.of(Path.of("/all"))));
        assertThat(config.engine().runtime().adapters()).isEqualTo(new AdapterLimits(5, 32, 3 << 20));
    }

    @Test
    void thereIsRoomForAdaptersWhereThereMayBeSome() {
        assertThat(parse("serve").engine().runtime().adapters()).isEqualTo(AdapterLimits.NONE);
        assertThat(parse("serve", "--adapter", "demo:s=/s").engine().runtime().adapters())
                .isEqualTo(new AdapterLimits(1, 64, 1L << 30));
        assertThat(parse("serve", "--adapters", "/all")
                        .engine()
                        .runtime()
                        .adapters()
                        .count())
                .isEqualTo(8);
        assertThat(parse("serve", "--adapters", "/all", "--max-adapters", "0")
                        .engine()
                        .runtime()
                        .adapters())
                .isEqualTo(AdapterLimits.NONE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --port 70000                        | port=70000, must be in [0, 65535]
            --grpc-port -1                      | grpc-port=-1, must be in [0, 65535]
            --pod-port 65536                    | pod-port=65536, must be in [0, 65535]
            --threads 5000                      | threads=5000, must be in [0, 256]
            --threads 3 --cpus 0,7              | threads=3, must be at most 2, the number of CPUs in cpus=0,7
            --cpus 3-1                          | cpus=3-1, must be CPU numbers
            --cache-bytes 2000000g              | cache-bytes=
            --max-running-sequences -1          | scheduler.max-running-sequences=-1, must be in [1, 4096]
            --max-running-sequences 9 --max-tokens-per-step 8 | scheduler.max-tokens-per-step=8, must be in [9, 1048576]
            --max-tokens-per-step 64 --prompt-tokens-beside-decode 65 | scheduler.prompt-tokens-beside-decode=65
            --max-queued-sequences -5           | scheduler.max-queued-sequences=-5
            --checkpoint-interval -1            | scheduler.prefix-cache.checkpoint-interval-tokens=-1
            --checkpoint-bytes 2000000g         | scheduler.prefix-cache.checkpoint-bytes=
            --jwt-issuer x                      | jwt-keys=(not given), must be given with --jwt-issuer
            --jwt-keys k                        | jwt-issuer=(empty), must be the issuer of the tokens
            --jwt-keys k --jwt-issuer i --jwt-audience a --jwt-algorithm HS256 | jwt-algorithm=HS256, must be one of
            --jwt-keys k --jwt-issuer i --jwt-audience a --jwt-algorithm none | jwt-algorithm=none, must be one of
            --api-key-file nowhere.keys         | api-key-file=nowhere.keys cannot be read
            --max-context -1                    | max-context-tokens=-1
            --speculate 65                      | speculate=65, must be in [0, 64]
            --draft-slice 0.5                   | speculate=0, must be at least 1 when draft-model or draft-slice is given
            --speculate 4 --draft-slice 1       | draft-slice=1.0, must be above 0 and below 1
            --speculate 4 --draft-model x=/y    | draft-model=x=/y, must be for a model that is served
            --speculate 4 --draft-model demo=   | draft-model=demo=, must be NAME=PATH or PATH
            --speculate 4 --draft-model /x,/y   | draft-model=/y, must be given once per model
            --drain-seconds 4000                | drain-timeout=
            --model a=/x --model a=/y           | given once per name
            --model =/x                         | model name ''
            --pod host                          | must be HOST:PORT
            --pod h:1                           | given in role gateway and only there
            --adapter demo=/x                   | adapter=demo=/x, must be MODEL:NAME=PATH
            --adapter demo:=/x                  | adapter=demo:=/x, must be MODEL:NAME=PATH
            --adapter other:s=/x                | adapter=other:s=/x, must be of a model that is served
            --adapter demo:s=/x,demo:s=/y       | adapter=demo:s=/y, must be given once per model and name
            --adapters /x --max-adapters 300    | max-adapters=300, must be in [0, 256]
            --adapters /x --max-adapter-rank 0  | max-adapter-rank=0, must be in [1, 512]
            --pod h:0 --role gateway            | must be HOST:PORT, dns:NAME:PORT or kubernetes:NAMESPACE/SERVICE:PORT
            --pod kubernetes:pods:1             | must be HOST:PORT, dns:NAME:PORT or kubernetes:NAMESPACE/SERVICE:PORT
            --pod kubernetes:n/Pods:1           | pod=Pods, must be a name of Kubernetes
            --role gateway --pod h:1            | pod=h:1, must be a loopback address unless pods are reached by TLS
            --role gateway --pod dns:h:1        | pod=dns:h:1, must be a loopback address unless
            --role gateway --pod kubernetes:n/p:1 | pod=kubernetes:n/p:1, must be a loopback address unless
            --role runtime --host 10.0.0.1      | host=10.0.0.1, must be a loopback address unless
            --role gateway --pod h:1 --pod-tls-cert /c --pod-tls-key /k | pod-tls-ca=(none), must be given in role gateway
            --role runtime --pod-tls-ca /a      | pod-tls-cert=(none), must be given together with pod-tls-key
            --role runtime --pod-tls-cert /c --pod-tls-key /k --pod-tls-name n | pod-tls-name=(given)
            --role runtime --pod-plaintext --pod-tls-cert /c --pod-tls-key /k | pod-plaintext=true, must be left out
            --pod-plaintext                     | pod-tls-*=(given), must be given in roles gateway and runtime
            --tls-cert /c                       | tls-key=(none), must be given together with tls-cert
            --pod-tls-key /c                    | pod-tls-cert=(none), must be given together with pod-tls-key
            --tls-client-ca /a                  | tls-client-ca=(given), must be given together with tls-cert and tls-key
            --adapters /x --role gateway --pod h:1 | adapters=/x, must be given where models are computed
            --role gateway                      | given in role gateway and only there
            """)
    void aValueOutsideItsRangeIsRefusedByName(String flags, String message) {
        assertThatThrownBy(() -> parse(("serve " + flags).split(" ")))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessageContaining(message);
    }

    @Test
    void aDraftModelOfItsOwnComesBeforeTheCommonOneAndThatBeforeASlice() {
        ModelLocation locations = new ModelLocation(folder);
        EngineSettings settings = parse(
                        "serve --model a=random:tiny --model b=random:tiny --speculate 4 --draft-model a=random:tiny --draft-slice 0.25"
                                .split(" "))
                .engine();
        assertThat(settings.runtime(new ModelMount("a", "random:tiny"), locations)
                        .draft())
                .isInstanceOfSatisfying(
                        DraftNetwork.Model.class,
                        draft -> assertThat(draft.source().location()).hasToString("random:tiny"));
        assertThat(settings.runtime(new ModelMount("b", "random:tiny"), locations)
                        .draft())
                .isEqualTo(new DraftNetwork.Slice(0.25));
        assertThat(EngineSettings.DEFAULT
                        .runtime(new ModelMount("a", "random:tiny"), locations)
                        .draft())
                .isEqualTo(DraftNetwork.NONE);
    }

    @Test
    void aBarePathIsServedUnderItsLastFolder() {
        assertThat(ModelMount.parse("/models/tiny-llama/"))
                .isEqualTo(new ModelMount("tiny-llama", "/models/tiny-llama/"));
        assertThat(ModelMount.parse("/models/scorer.onnx")).isEqualTo(new ModelMount("scorer", "/models/scorer.onnx"));
        assertThat(ModelMount.parse("random:llama-1.1b")).isEqualTo(new ModelMount("llama-1.1b", "random:llama-1.1b"));
    }

    @Test
    void moreSequencesThanAStepHasTokensRaiseIt() {
        SchedulerConfig many =
                parse("serve", "--max-running-sequences", "900").engine().scheduling();
        assertThat(many.maxTokensPerStep()).isEqualTo(900);
        SchedulerConfig small = parse("serve", "--max-running-sequences", "4", "--max-tokens-per-step", "16")
                .engine()
                .scheduling();
        assertThat(small.promptTokensBesideDecode()).isEqualTo(16);
    }

    @Test
    void secretsAreNotPrinted() {
        String printed = parse("serve", "--api-key", "sk-very-secret").toString();
        assertThat(printed).doesNotContain("sk-very-secret").contains("apiKeys=1");
    }

    @Test
    void aRoutingPolicyThatIsNoneIsRefusedWithThoseThereAre() {
        assertThatThrownBy(() -> parse("serve", "--routing-policy", "fastest"))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("'fastest'")
                .hasMessageContaining("expected-ttft, least-loaded, round-robin, power-of-two");
    }

    @Test
    void aRegistryThatIsAskedOverHttpNeedsNoModelOnTheCommandLine() throws Exception {
        Path key = Files.writeString(folder.resolve("key"), "registry-key\n");
        AppConfig pod =
                parse(("serve --role runtime --registry-url https://registry:8080 --registry-ca /ca --pod-group cpu"
                                + " --registry-key-file " + key)
                        .split(" "));
        assertThat(pod.models()).isEmpty();
        ReplicaSettings replica = pod.offered().replica().orElseThrow();
        assertThat(replica.url()).hasToString("https://registry:8080");
        assertThat(replica.group()).contains("cpu");
        assertThat(replica.key()).isEqualTo("registry-key");
        assertThat(replica.tls().authorities().orElseThrow().path()).isEqualTo(Path.of("/ca"));
        assertThat(replica.toString()).doesNotContain("registry-key");
        assertThat(replica.copies()).isEqualTo(64L << 30);
        assertThat(parse("serve --role runtime --registry-url https://registry:8080 --registry-copies 5g".split(" "))
                        .offered()
                        .replica()
                        .orElseThrow()
                        .copies())
                .isEqualTo(5L << 30);
        assertThat(parse(
                                Map.of("FORETOKEN_REGISTRY_KEY", "other"),
                                ("serve --role gateway --pod h:1 --pod-plaintext"
                                                + " --registry-url http://registry:8080 --model toy:prod")
                                        .split(" "))
                        .offered()
                        .replica()
                        .orElseThrow()
                        .key())
                .isEqualTo("other");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://me:hidden@registry:8080",
                "https://me:hidden@regi stry:8080",
                "https://me:hid//hidden@registry",
                "me:hidden@registry"
            })
    void aPasswordInTheRegistrysAddressIsNotRepeated(String address) {
        assertThatThrownBy(() -> parse("serve", "--role", "runtime", "--registry-url", address))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("***@")
                .hasMessageNotContaining("hid")
                .hasNoCause();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--role runtime --registry-url http://registry:8080 | https unless",
                "--role all --registry-url https://registry:8080 | roles gateway and runtime",
                "--role gateway --pod h:1 --pod-plaintext --registry-url https://registry:8080 --pod-group cpu | role runtime",
                "--role runtime --pod-group cpu | registry-url",
                "--role all --hold-seconds 5 | role gateway",
                "--role runtime --registry-url https://registry:8080/models | HOST:PORT",
                "--role runtime --registry-url https://registry:8080 --signatures require | role registry",
                "--role runtime --registry-url https://registry:8080 --pod-group No | no name",
            })
    void aRegistryThatCannotBeAskedSoIsRefused(String arguments, String sentence) {
        assertThatThrownBy(() -> parse(("serve " + arguments).split(" ")))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining(sentence);
    }
}
