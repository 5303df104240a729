package dev.foretoken.app.config;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about pools of endpoints behind Envoy. */
public final class PoolOptions {

    @Option(
            names = "--picker-port",
            paramLabel = "PORT",
            defaultValue = "${env:FORETOKEN_PICKER_PORT}",
            description =
                    "Role gateway: gRPC port on which gateways built on Envoy ask which endpoint is next (envoy.service.ext_proc.v3, src/docs/inference-gateway.md); usually 9002, 0 = any free one. Default: none.")
    @Nullable
    Integer pickerPort;

    @Option(
            names = "--with-pod",
            defaultValue = "${env:FORETOKEN_WITH_POD:-false}",
            description =
                    "Role all: also listens on --pod-port as role runtime does, so that the endpoint picker of a gateway knows its load and what its caches hold.")
    boolean withPod;

    PoolSettings settings() {
        return new PoolSettings(pickerPort == null ? OptionalInt.empty() : OptionalInt.of(pickerPort), withPod);
    }
}
