package dev.foretoken.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.database.DatabaseKind;
import dev.foretoken.registry.blob.S3Location;
import dev.foretoken.registry.blob.S3Server;
import dev.foretoken.registry.name.VariantRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/** Two machines, one PostgreSQL, one bucket of a real S3 server. */
class RegistryBucketTest {
    private static final List<String> PROPERTIES = List.of("aws.accessKeyId", "aws.secretAccessKey");

    @TempDir
    private static Path shared;

    private static @Nullable S3Server server;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws Exception {
        server = S3Server.start(shared);
        AwsCredentials credentials = S3Server.credentials().resolveCredentials();
        System.setProperty(PROPERTIES.get(0), credentials.accessKeyId());
        System.setProperty(PROPERTIES.get(1), credentials.secretAccessKey());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        PROPERTIES.forEach(System::clearProperty);
        if (server != null) {
            server.stop();
        }
    }

    @Test
    void whatOneMachineImportsAnotherOneOpens() throws IOException {
        S3Location bucket = Objects.requireNonNull(server).bucket();
        String url = DatabaseKind.POSTGRESQL.url(folder);
        try (Registry one = machine("one", url, bucket);
                Registry two = machine("two", url, bucket)) {
            VariantRef ref = RegistryFixture.take(one, "toy", RegistryFixture.model(folder.resolve("files"), "text"))
                    .ref();
            assertThat(two.view(ref, LoadProgress.SILENT).folder().resolve("README.md"))
                    .hasContent("text");
            assertThat(two.verify(false, LoadProgress.SILENT).problems()).isEmpty();

            damageCopies(folder.resolve("two").resolve("store"));
            assertThat(two.view(ref, LoadProgress.SILENT).folder().resolve("README.md"))
                    .as("copies that a disk has damaged are fetched again")
                    .hasContent("text");

            one.removeVersion("toy", 1);
            assertThat(two.collectGarbage(Duration.ofSeconds(-2), LoadProgress.SILENT)
                            .removed())
                    .isPositive();
            assertThat(one.verify(false, LoadProgress.SILENT).blobs()).isZero();
        }
    }

    private Registry machine(String name, String url, S3Location bucket) {
        return Registry.open(RegistryConfig.at(folder.resolve(name))
                .withMetadata(url)
                .withBlobs(new RegistryConfig.BlobPlace.Bucket(bucket, 1 << 20)));
    }

    private static void damageCopies(Path store) throws IOException {
        try (var files = Files.walk(store)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
                byte[] bytes = Files.readAllBytes(file);
                if (bytes.length > 0) {
                    bytes[0] ^= 1;
                    Files.write(file, bytes);
                }
            }
        }
    }
}
