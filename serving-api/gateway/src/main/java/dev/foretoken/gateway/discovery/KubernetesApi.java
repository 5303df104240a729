package dev.foretoken.gateway.discovery;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.wire.tls.PemFile;
import dev.foretoken.wire.tls.TlsFiles;
import dev.foretoken.wire.tls.TlsMaterial;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * The API server as a pod reaches it. Two requests are all that is asked of it, so the JDK's client is enough: a client library for Kubernetes
 * would be some thirty jars.
 */
public final class KubernetesApi implements AutoCloseable {

    private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

    private final URI server;
    private final Path token;
    private final TlsMaterial authority;
    private final HttpClient client;

    /**
     * @param token file of the service account's token, which is read for each request: the kubelet renews it
     * @param authority who has signed the server's certificate
     */
    KubernetesApi(URI server, Path token, TlsMaterial authority) {
        this.server = server;
        this.token = token;
        this.authority = authority;
        this.client = HttpClient.newBuilder()
                .connectTimeout(ANSWER_WITHIN)
                .sslContext(context(authority))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    /**
     * That of the cluster this process runs in.
     *
     * @param environment of the process
     * @throws ForetokenException CONFIG_INVALID outside of a cluster
     */
    public static KubernetesApi ofCluster(Map<String, String> environment) {
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        if (host == null || !Files.isReadable(ACCOUNT.resolve("token"))) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "--pod kubernetes: works in a pod of a cluster, with KUBERNETES_SERVICE_HOST set and a service account's token in "
                            + ACCOUNT + "; elsewhere use HOST:PORT or dns:NAME:PORT");
        }
        PemFile file = new PemFile("the cluster's authority", ACCOUNT.resolve("ca.crt"));
        return new KubernetesApi(
                URI.create("https://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port),
                ACCOUNT.resolve("token"),
                TlsMaterial.read(new TlsFiles(Optional.empty(), Optional.of(file)), InstantSource.system()));
    }

    private static SSLContext context(TlsMaterial authority) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    null,
                    authority.trust().map(trust -> new TrustManager[] {trust}).orElse(null),
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, "TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /**
     * The body of an answer, to be closed.
     *
     * @throws IOException when the server cannot be asked, or refuses
     */
    InputStream get(String pathAndQuery) throws IOException, InterruptedException {
        authority.refresh();
        HttpRequest request = HttpRequest.newBuilder(server.resolve(pathAndQuery))
                .header("Authorization", "Bearer " + Files.readString(token).strip())
                .header("Accept", "application/json")
                .timeout(ANSWER_WITHIN)
                .build();
        HttpResponse<InputStream> answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        if (answer.statusCode() != 200) {
            answer.body().close();
            throw new IOException("the API server answered " + answer.statusCode() + " to " + pathAndQuery
                    + (answer.statusCode() == 403
                            ? "; the service account must be allowed to list and watch endpointslices of discovery.k8s.io"
                            : ""));
        }
        return answer.body();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
