package dev.foretoken.e2e.server;

import java.util.List;
import java.util.Map;

/** Of which processes a deployment consists. Callers must not be able to tell. */
public enum Topology {
    ONE_PROCESS,
    GATEWAY_AND_RUNTIME,
    ;

    /** Starts the processes and waits until they are ready. */
    public Deployment start(ServeArguments arguments) {
        return switch (this) {
            case ONE_PROCESS -> oneProcess(arguments);
            case GATEWAY_AND_RUNTIME -> gatewayAndRuntime(arguments);
        };
    }

    private static Deployment oneProcess(ServeArguments arguments) {
        RunningServer server = RunningServer.start(arguments.all(), Map.of());
        return new Deployment(ONE_PROCESS, arguments, server, server);
    }

    private static Deployment gatewayAndRuntime(ServeArguments arguments) {
        RunningServer runtime = RunningServer.start(arguments.runtime(0), Map.of());
        try {
            RunningServer gateway = RunningServer.start(arguments.gateway(List.of(runtime.pod())), Map.of());
            return new Deployment(GATEWAY_AND_RUNTIME, arguments, gateway, runtime);
        } catch (AssertionError e) {
            runtime.process().close();
            throw e;
        }
    }
}
