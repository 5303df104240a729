package dev.foretoken.e2e.server;

import java.net.URI;
import java.util.List;
import java.util.Map;

/** A server process that has said it is ready, and where it listens. */
public record RunningServer(ServerProcess process, Endpoints endpoints) {

    static RunningServer start(List<String> arguments, Map<String, String> environment) {
        ServerProcess process = ServerProcess.launch(arguments, environment);
        try {
            return new RunningServer(process, process.awaitReady());
        } catch (AssertionError e) {
            process.close();
            throw e;
        }
    }

    public URI http() {
        return endpoints.http().orElseThrow(() -> missing("http"));
    }

    /** HOST:PORT of the public gRPC interface. */
    public String grpc() {
        return endpoints.grpc().orElseThrow(() -> missing("grpc"));
    }

    /** HOST:PORT of the interface between gateway and runtime. */
    String pod() {
        return endpoints.pod().orElseThrow(() -> missing("pod"));
    }

    int podPort() {
        String pod = pod();
        return Integer.parseInt(pod.substring(pod.lastIndexOf(':') + 1));
    }

    private AssertionError missing(String what) {
        return new AssertionError(process + " printed a ready line without " + what + "=: " + process.out());
    }
}
