package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.require;

import dev.foretoken.wire.tls.PemFile;
import dev.foretoken.wire.tls.TlsFiles;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about encryption. */
public final class TransportOptions {

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_TLS_CERT}",
            description =
                    "Certificate for HTTP and gRPC callers and for the admin port, PEM, those between it and its authority behind it. All ports then take TLS (1.2, 1.3) alone. Read again when it changes, like every file of TLS.")
    @Nullable
    Path certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_TLS_KEY}",
            description = "Its private key, PEM, PKCS#8, not encrypted.")
    @Nullable
    Path key;

    @Option(
            names = "--tls-client-ca",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_TLS_CLIENT_CA}",
            description =
                    "Authorities, PEM: callers and operators must show a certificate that one of them has signed, beside their key. The HTTP probes are open without.")
    @Nullable
    Path clientAuthorities;

    @Option(
            names = "--pod-tls-cert",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_POD_TLS_CERT}",
            description = "Certificate that a pod shows to gateways, or a gateway to pods, PEM.")
    @Nullable
    Path podCertificate;

    @Option(
            names = "--pod-tls-key",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_POD_TLS_KEY}",
            description = "Its private key, PEM, PKCS#8, not encrypted.")
    @Nullable
    Path podKey;

    @Option(
            names = "--pod-tls-ca",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_POD_TLS_CA}",
            description =
                    "Authorities, PEM, that sign the other side's certificate. A pod that has them refuses gateways without such a certificate.")
    @Nullable
    Path podAuthorities;

    @Option(
            names = "--pod-tls-name",
            paramLabel = "NAME",
            defaultValue = "${env:FORETOKEN_POD_TLS_NAME}",
            description =
                    "Name that pods' certificates must be for. Default: the host of --pod, the name of dns:, or SERVICE.NAMESPACE.svc.")
    @Nullable
    String podName;

    @Option(
            names = "--pod-plaintext",
            defaultValue = "${env:FORETOKEN_POD_PLAINTEXT:-false}",
            description =
                    "Lets gateways and pods on different machines talk without TLS, readable for the network between them.")
    boolean podPlaintext;

    TransportSettings settings() {
        return new TransportSettings(
                new TlsFiles(identity("tls", certificate, key), file("tls-client-ca", clientAuthorities)),
                new TlsFiles(identity("pod-tls", podCertificate, podKey), file("pod-tls-ca", podAuthorities)),
                Optional.ofNullable(podName).filter(name -> !name.isEmpty()),
                podPlaintext);
    }

    private static Optional<TlsFiles.Identity> identity(String prefix, @Nullable Path certificate, @Nullable Path key) {
        Optional<PemFile> shown = file(prefix + "-cert", certificate);
        Optional<PemFile> secret = file(prefix + "-key", key);
        require(
                shown.isPresent() == secret.isPresent(),
                prefix + (shown.isPresent() ? "-key" : "-cert"),
                "(none)",
                "given together with " + prefix + (shown.isPresent() ? "-cert" : "-key"));
        return shown.map(own -> new TlsFiles.Identity(own, secret.orElseThrow()));
    }

    /** An empty environment variable names no file. */
    private static Optional<PemFile> file(String option, @Nullable Path path) {
        return Optional.ofNullable(path)
                .filter(named -> !named.toString().isEmpty())
                .map(named -> new PemFile(option, named));
    }
}
