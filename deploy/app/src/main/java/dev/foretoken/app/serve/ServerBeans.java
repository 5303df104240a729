package dev.foretoken.app.serve;

import dev.foretoken.app.config.AppConfig;
import dev.foretoken.app.config.Ports;
import dev.foretoken.app.config.Role;
import dev.foretoken.contract.prefix.PrefixSecret;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.GatewayConfig;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.routing.prefix.PrefixDirectory;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.util.Optional;

/** The objects that the HTTP routes and the application share. */
final class ServerBeans {

    @Produces
    @Singleton
    AppConfig config() {
        return Launch.config();
    }

    @Produces
    @Singleton
    PrometheusTelemetry telemetry(AppConfig config) {
        return new PrometheusTelemetry(System::nanoTime, config.observability().metrics());
    }

    @Produces
    @Singleton
    Traces traces(AppConfig config) {
        return Traces.of(config);
    }

    void close(@Disposes Traces traces) {
        traces.close();
    }

    @Produces
    @Singleton
    Gateway gateway(AppConfig config, PrometheusTelemetry telemetry, Traces traces) {
        Gateway gateway = new Gateway(
                gatewayConfig(config),
                new ModelCatalog(),
                telemetry,
                Gateway.Clocks.system(),
                new SecureRandom(),
                new Gateway.Surroundings(prefixes(config), traces.tracing()));
        gateway.rollOut(config.rollouts());
        Transport.read(config.transport().edge()).ifPresent(gateway::encryptBy);
        return gateway;
    }

    void close(@Disposes Gateway gateway) {
        gateway.close();
    }

    /** In front of pods: they name what they hold by the same secret. */
    private static Optional<PrefixDirectory> prefixes(AppConfig config) {
        return Optional.of(config)
                .filter(c -> c.role() == Role.GATEWAY)
                .map(c -> new PrefixDirectory(
                        PrefixSecret.shared(c.credential()), PrefixDirectory.DEFAULT_BLOCKS_PER_ENDPOINT));
    }

    static GatewayConfig gatewayConfig(AppConfig config) {
        Ports ports = config.ports();
        return GatewayConfig.DEFAULT
                .withApiKeys(config.apiKeys())
                .identifying(config.identities())
                .listeningOn(ports.host(), ports.http())
                .administeredOn(config.admin())
                .preparing(config.prediction().turns())
                .taking(config.tensors())
                .routedBy(config.routing())
                .calling(config.calls())
                .limiting(config.http());
    }
}
