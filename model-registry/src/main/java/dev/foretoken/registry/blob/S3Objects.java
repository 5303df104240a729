package dev.foretoken.registry.blob;

import dev.foretoken.registry.content.Digest;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The few calls of object storage that blobs need, on keys below one prefix. Any thread. */
final class S3Objects implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration READ = Duration.ofSeconds(60);
    private static final String ANY_REGION = "us-east-1";

    private final S3Location location;
    private final S3Client client;
    private final S3Parts parts;

    /** {@code wholeBytes}: objects above it travel in parts of about this size. */
    S3Objects(S3Location location, AwsCredentialsProvider credentials, long wholeBytes) {
        this.location = location;
        this.client = client(location, credentials);
        this.parts = new S3Parts(client, location.bucket(), wholeBytes);
    }

    /** Only what the service demands is added to requests: many services know no newer checksums. Ours is compared anyway. */
    private static S3Client client(S3Location location, AwsCredentialsProvider credentials) {
        S3ClientBuilder builder = S3Client.builder()
                .credentialsProvider(credentials)
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT)
                        .socketTimeout(READ))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(S3Configuration.builder()
                        .pathStyleAccessEnabled(location.pathStyle())
                        .chunkedEncodingEnabled(false)
                        .build());
        if (location.endpoint() != null) {
            builder.endpointOverride(location.endpoint());
        }
        if (location.region() != null || location.endpoint() != null) {
            builder.region(Region.of(location.region() == null ? ANY_REGION : location.region()));
        }
        return builder.build();
    }

    /** Size and time of an object; empty when there is none. */
    record Head(long size, Instant modified) {}

    Optional<Head> head(String key) {
        return S3Errors.named("looking for a blob", () -> {
            try {
                HeadObjectResponse head =
                        client.headObject(b -> b.bucket(location.bucket()).key(key(key)));
                return Optional.of(new Head(head.contentLength(), head.lastModified()));
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            }
        });
    }

    /** The object's bytes from {@code offset} on; empty when there is none. */
    Optional<InputStream> open(String key, long offset) {
        return S3Errors.named("reading a blob", () -> {
            try {
                return Optional.of(client.getObject(b -> {
                    b.bucket(location.bucket()).key(key(key));
                    if (offset > 0) {
                        b.range("bytes=" + offset + "-");
                    }
                }));
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            }
        });
    }

    void put(String key, Path file, Digest digest, long size) {
        S3Errors.named("storing a blob", () -> {
            if (parts.needed(size)) {
                parts.upload(key(key), file, size);
            } else {
                client.putObject(
                        b -> b.bucket(location.bucket()).key(key(key)).checksumSHA256(base64(digest)),
                        RequestBody.fromFile(file));
            }
            return true;
        });
    }

    /** Makes an empty object; false when there is one. */
    boolean create(String key) {
        return S3Errors.named("marking a blob", () -> {
            try {
                client.putObject(b -> b.bucket(location.bucket()).key(key(key)).ifNoneMatch("*"), RequestBody.empty());
                return true;
            } catch (S3Exception e) {
                if (e.statusCode() == S3Errors.PRECONDITION_FAILED || e.statusCode() == S3Errors.CONFLICT) {
                    return false;
                }
                throw e;
            }
        });
    }

    /** Gives the object the present time, by copying it onto itself; false when there is none. */
    boolean touch(String key, long size) {
        return S3Errors.named("renewing a blob", () -> {
            try {
                if (parts.needed(size)) {
                    parts.copy(key(key), size);
                } else {
                    client.copyObject(b -> b.sourceBucket(location.bucket())
                            .sourceKey(key(key))
                            .destinationBucket(location.bucket())
                            .destinationKey(key(key))
                            .metadataDirective(MetadataDirective.REPLACE));
                }
                return true;
            } catch (S3Exception e) {
                if (e.statusCode() == S3Errors.NOT_FOUND) {
                    return false;
                }
                throw e;
            }
        });
    }

    void delete(String key) {
        S3Errors.named(
                "removing a blob",
                () -> client.deleteObject(b -> b.bucket(location.bucket()).key(key(key))));
    }

    /** Keys below {@code folder}, without the prefix, with size and time; fetched page by page. */
    Stream<Listed> list(String folder) {
        return S3Errors.named(
                "listing blobs",
                () ->
                        client
                                .listObjectsV2Paginator(
                                        b -> b.bucket(location.bucket()).prefix(key(folder)))
                                .contents()
                                .stream()
                                .map(this::listed));
    }

    record Listed(String key, Head head) {}

    private Listed listed(S3Object object) {
        String key = object.key().substring(location.prefix().length());
        return new Listed(key, new Head(object.size(), object.lastModified()));
    }

    private String key(String key) {
        return location.prefix() + key;
    }

    private static String base64(Digest digest) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(digest.hex()));
    }

    @Override
    public void close() {
        client.close();
    }
}
