package dev.foretoken.e2e.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServeArguments;
import dev.foretoken.e2e.server.Topology;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.stub.ClientCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** With a key set, no RPC that the server lists answers a caller who has none. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GrpcCredentialsTest {

    private static final String KEY = "correct-horse-battery-staple";
    /** Probes of container engines carry no credentials, and its answers hold nothing. */
    private static final String PROBE = "grpc.health.v1.Health/Check";

    private Deployment server;

    @BeforeAll
    void start() {
        server = Topology.ONE_PROCESS.start(ServeArguments.of(Models.LLAMA, Checkout.checkpoint(Models.LLAMA))
                .edge("--api-key", KEY));
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void everyMethodOfEveryServiceAsksForTheKey() throws Exception {
        List<String> methods;
        try (GrpcClient friend = new GrpcClient(server.grpc(), Optional.of(KEY))) {
            methods = methods(friend.channel());
        }
        assertThat(methods)
                .contains(
                        "foretoken.v1.Inference/Generate",
                        "foretoken.v1.Inference/Health",
                        "foretoken.v1.Inference/ModelInfo");
        for (Optional<String> key : List.of(Optional.<String>empty(), Optional.of(KEY + "x"))) {
            try (GrpcClient stranger = new GrpcClient(server.grpc(), key)) {
                for (String method : methods) {
                    assertRefused(stranger.channel(), method);
                }
            }
        }
    }

    private static void assertRefused(Channel channel, String method) {
        StatusRuntimeException refusal =
                catchThrowableOfType(StatusRuntimeException.class, () -> call(channel, method));
        if (refusal == null) {
            assertThat(method).as("a method that answers strangers").isEqualTo(PROBE);
            return;
        }
        assertThat(refusal.getStatus().getCode()).as(method).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    /** Calls with an empty message; a stream's first message or end is awaited. */
    private static void call(Channel channel, String method) {
        MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                .setFullMethodName(method)
                .setRequestMarshaller(new RawBytes())
                .setResponseMarshaller(new RawBytes())
                .build();
        ClientCalls.blockingServerStreamingCall(
                        channel, descriptor, CallOptions.DEFAULT.withDeadlineAfter(2, TimeUnit.MINUTES), new byte[0])
                .hasNext();
    }

    /** Full names of all methods of all services that reflection lists. */
    private static List<String> methods(Channel channel) throws Exception {
        List<String> out = new ArrayList<>();
        for (String service : GrpcReflection.services(channel)) {
            ServerReflectionRequest question = ServerReflectionRequest.newBuilder()
                    .setFileContainingSymbol(service)
                    .build();
            var files = GrpcReflection.ask(channel, question).getFileDescriptorResponse();
            for (var bytes : files.getFileDescriptorProtoList()) {
                out.addAll(methods(FileDescriptorProto.parseFrom(bytes), service));
            }
        }
        return out;
    }

    private static List<String> methods(FileDescriptorProto file, String service) {
        List<String> out = new ArrayList<>();
        for (ServiceDescriptorProto candidate : file.getServiceList()) {
            if (service.equals(file.getPackage() + "." + candidate.getName())) {
                for (MethodDescriptorProto method : candidate.getMethodList()) {
                    out.add(service + "/" + method.getName());
                }
            }
        }
        return out;
    }
}
