package dev.foretoken.gateway.http;

import dev.foretoken.gateway.Gateway;
import dev.foretoken.wire.tls.TlsMaterial;
import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.LinkedHashSet;

/**
 * Encrypts the HTTP ports by the same material as gRPC's, so that there is one way to read files again. The port stays the one that was
 * configured: there is no second one in plaintext.
 */
@Singleton
final class EdgeTls implements HttpServerOptionsCustomizer {

    private final Gateway gateway;

    @Inject
    EdgeTls(Gateway gateway) {
        this.gateway = gateway;
    }

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        gateway.tls().ifPresent(material -> encrypt(options, material));
    }

    /** @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID when the material has no identity */
    static void encrypt(HttpServerOptions options, TlsMaterial material) {
        options.setSsl(true)
                .setKeyCertOptions(KeyCertOptions.wrap(material.requireKeys()))
                .setEnabledSecureTransportProtocols(new LinkedHashSet<>(TlsMaterial.PROTOCOLS));
        material.trust()
                .ifPresent(trust ->
                        options.setTrustOptions(TrustOptions.wrap(trust)).setClientAuth(ClientAuth.REQUEST));
    }
}
