package dev.foretoken.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.gateway.discovery.KubernetesService;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PodPlaceTest {

    @Test
    void podsAreFoundByAddressByNameAndByService() {
        ServeOptions options = new ServeOptions();
        new CommandLine(options)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(
                        "--role gateway --pod-plaintext --pod [::1]:4,dns:pods.example:5 --pod kubernetes:models/pods-b:grpc"
                                .split(" "));
        AppConfig config = options.config(Map.of());
        assertThat(config.pods())
                .containsExactly(
                        new PodPlace.Address("[::1]", 4),
                        new PodPlace.Dns("pods.example", 5),
                        new PodPlace.Service(new KubernetesService("models", "pods-b", "grpc")));
        assertThat(config.pods()).extracting(PodPlace::isLoopback).containsExactly(true, false, false);
        assertThat(config.pods())
                .extracting(Object::toString)
                .containsExactly("[::1]:4", "dns:pods.example:5", "kubernetes:models/pods-b:grpc");
    }
}
