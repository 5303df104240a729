package dev.foretoken.registry.blob;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A real S3 server, S3Proxy, in a process of its own with a class path of its own; the build copies its jars. It keeps objects in memory
 * and checks signatures.
 */
public final class S3Server {

    private static final String IDENTITY = "test-identity";
    private static final String SECRET = "test-secret";
    private static final long START_NANOS = 180_000_000_000L;

    private final Process process;
    private final int port;
    private final S3Client client;
    private final AtomicInteger buckets = new AtomicInteger();

    private S3Server(Process process, int port) {
        this.process = process;
        this.port = port;
        this.client = S3Client.builder()
                .endpointOverride(endpoint())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .credentialsProvider(credentials())
                .build();
    }

    /** Starts one; the test is skipped where the build has not copied the server's jars. */
    public static S3Server start(Path folder) throws Exception {
        Path jars = Path.of("target", "s3-server");
        Assumptions.assumeTrue(
                Files.isDirectory(jars), "the S3 server's jars are not in target/s3-server: Maven copies them there");
        int port = freePort();
        Path settings = Files.write(folder.resolve("s3proxy.properties"), settings(port), StandardCharsets.UTF_8);
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(List.of(
                        java.toString(),
                        "-Xmx300m",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        "-DLOG_LEVEL=warn",
                        "-cp",
                        jars.toAbsolutePath() + "/*",
                        "org.gaul.s3proxy.Main",
                        "--properties",
                        settings.toString()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("s3proxy.log").toFile())
                .start();
        awaitListening(process, port, folder.resolve("s3proxy.log"));
        return new S3Server(process, port);
    }

    private static List<String> settings(int port) {
        return List.of(
                "s3proxy.authorization=aws-v2-or-v4",
                "s3proxy.identity=" + IDENTITY,
                "s3proxy.credential=" + SECRET,
                "s3proxy.endpoint=http://127.0.0.1:" + port,
                "s3proxy.virtual-host=localhost",
                "jclouds.provider=transient-nio2",
                "jclouds.identity=none",
                "jclouds.credential=none");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitListening(Process process, int port, Path log) throws Exception {
        long end = System.nanoTime() + START_NANOS;
        while (System.nanoTime() < end && process.isAlive()) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (socket.isConnected()) {
                    return;
                }
            } catch (IOException e) {
                process.waitFor(20, TimeUnit.MILLISECONDS);
            }
        }
        process.destroyForcibly();
        throw new AssertionError("the S3 server did not start:\n" + Files.readString(log));
    }

    public URI endpoint() {
        return URI.create("http://localhost:" + port);
    }

    public int port() {
        return port;
    }

    public static AwsCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(IDENTITY, SECRET));
    }

    public static AwsCredentialsProvider wrongCredentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(IDENTITY, "wrong-secret"));
    }

    /** The server's own client, to look behind the store. */
    public S3Client client() {
        return client;
    }

    /** A new, empty bucket, addressed by path. */
    public S3Location bucket() {
        String name = "bucket-" + buckets.incrementAndGet();
        client.createBucket(b -> b.bucket(name));
        return location(name);
    }

    S3Location location(String bucket) {
        return S3Location.parse("s3://" + bucket + "/models?endpoint=" + endpoint() + "&region=us-east-1");
    }

    /** The object's bytes; null when there is none. */
    byte @Nullable [] object(String bucket, String key) throws IOException {
        try (InputStream in = client.getObject(b -> b.bucket(bucket).key(key))) {
            return in.readAllBytes();
        } catch (software.amazon.awssdk.services.s3.model.NoSuchKeyException e) {
            return null;
        }
    }

    public void stop() throws InterruptedException {
        client.close();
        process.destroyForcibly().waitFor();
    }
}
