package dev.foretoken.wire.tls;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.SSLException;

/** Encryption of gRPC connections, by the JDK's own implementation. */
public final class GrpcTls {

    private GrpcTls() {}

    /**
     * For a side that listens. With authorities every caller must show a certificate that one of them signed.
     *
     * @throws ForetokenException CONFIG_INVALID when the material has no identity
     */
    public static SslContext server(TlsMaterial material) {
        SslContextBuilder builder = SslContextBuilder.forServer(material.requireKeys());
        material.trust().ifPresent(trust -> builder.trustManager(trust).clientAuth(ClientAuth.REQUIRE));
        return build(builder);
    }

    /** For a side that calls: it checks the server's certificate and name. Without authorities those of the JDK are believed. */
    public static SslContext client(TlsMaterial material) {
        SslContextBuilder builder = SslContextBuilder.forClient();
        material.trust().ifPresent(builder::trustManager);
        material.keys().ifPresent(builder::keyManager);
        return build(builder);
    }

    private static SslContext build(SslContextBuilder builder) {
        try {
            return GrpcSslContexts.configure(builder, SslProvider.JDK)
                    .protocols(TlsMaterial.PROTOCOLS)
                    .build();
        } catch (SSLException e) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, "TLS cannot be set up: " + e.getMessage(), e);
        }
    }
}
