package dev.foretoken.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Endpoints;
import dev.foretoken.e2e.server.ListeningSockets;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServerProcess;
import dev.foretoken.wire.pod.v1.DescribeRequest;
import dev.foretoken.wire.pod.v1.PodEngineGrpc;
import dev.foretoken.wire.v1.HealthRequest;
import dev.foretoken.wire.v1.InferenceGrpc;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Processes that other machines reach: what listens is what they name, and every port of it asks for a credential. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReachablePortsTest {

    private static final String MODEL = Models.LLAMA + "=" + Checkout.checkpoint(Models.LLAMA);
    private static final Map<String, String> KEYS = Map.of(
            "FORETOKEN_API_KEY", "callers-0123456789", "FORETOKEN_POD_CREDENTIAL", "gateways-and-pods-0123456789");
    private static final Map<String, String> OPERATORS = Map.of("FORETOKEN_ADMIN_KEY", "operators-0123456789");

    private final List<ServerProcess> processes = new ArrayList<>();

    @BeforeAll
    void start(@TempDir Path folder) {
        launch(
                OPERATORS,
                "--role=gateway",
                "--model=" + MODEL,
                "--pod=127.0.0.1:1", // Nothing is asked of it.
                "--grpc-port=0",
                "--admin-host=0.0.0.0",
                "--admin-port=0");
        launch(OPERATORS, "--role=runtime", "--model=" + MODEL, "--pod-port=0", "--pod-plaintext");
        launch(Map.of(), "--role=registry", "--registry=" + folder);
    }

    private void launch(Map<String, String> more, String... options) {
        List<String> arguments = new ArrayList<>(List.of("serve", "--host=0.0.0.0", "--port=0"));
        arguments.addAll(List.of(options));
        Map<String, String> environment = new HashMap<>(KEYS);
        environment.putAll(more);
        processes.add(ServerProcess.launch(arguments, environment));
    }

    @AfterAll
    void stop() {
        processes.forEach(ServerProcess::close);
    }

    @Test
    void everySocketIsOneThatTheProcessNames() {
        for (ServerProcess process : processes) {
            Endpoints named = process.awaitReady();
            assertThat(ListeningSockets.of(process.pid()))
                    .as("%s", process)
                    .extracting(InetSocketAddress::getPort)
                    .containsExactlyInAnyOrderElementsOf(named.ports());
        }
    }

    @Test
    void onlyWhoHasAKeyForOperatorsHasAPortForThem() {
        assertThat(processes.stream()
                        .map(process -> process.awaitReady().admin().isPresent()))
                .as(
                        "role gateway with a key, role runtime, which has none for operators in any case, and a registry without a key")
                .containsExactly(true, false, false);
    }

    @Test
    void everyPortAsksForACredential() {
        for (ServerProcess process : processes) {
            Endpoints named = process.awaitReady();
            Stream.of(named.http(), named.admin())
                    .flatMap(Optional::stream)
                    .forEach(
                            port -> assertThat(new HttpApi(port).get("/version").status())
                                    .as("%s", port)
                                    .isEqualTo(401));
            named.grpc()
                    .ifPresent(port -> assertRefused(
                            port,
                            channel -> InferenceGrpc.newBlockingStub(channel)
                                    .withDeadlineAfter(2, TimeUnit.MINUTES)
                                    .health(HealthRequest.getDefaultInstance())));
            named.pod()
                    .ifPresent(port -> assertRefused(
                            port,
                            channel -> PodEngineGrpc.newBlockingStub(channel)
                                    .withDeadlineAfter(2, TimeUnit.MINUTES)
                                    .describe(DescribeRequest.getDefaultInstance())));
        }
    }

    private static void assertRefused(String target, Consumer<Channel> call) {
        ManagedChannel channel =
                ManagedChannelBuilder.forTarget(target).usePlaintext().build();
        try {
            StatusRuntimeException refusal =
                    catchThrowableOfType(StatusRuntimeException.class, () -> call.accept(channel));
            assertThat(refusal).as("a stranger's call at " + target).isNotNull();
            assertThat(refusal.getStatus().getCode()).as(target).isEqualTo(Status.Code.UNAUTHENTICATED);
        } finally {
            channel.shutdownNow();
        }
    }
}
