package dev.foretoken.registry.pull;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.blob.S3Location;
import dev.foretoken.registry.remote.RemoteHttp;
import dev.foretoken.registry.remote.RemoteRequest;
import dev.foretoken.registry.remote.Staging;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * A folder in object storage. The library lists it and signs addresses; the files then come like any others from the web. Object storage
 * knows no SHA-256 of what it has: lengths are checked, and the import checks the rest.
 */
final class StoragePull {

    private static final int MAX_OBJECTS = 10_000;
    private static final Duration SIGNED_FOR = Duration.ofHours(12);
    private static final String ANY_REGION = "us-east-1";

    private final RemoteHttp http;
    private final AwsCredentialsProvider credentials;

    StoragePull(RemoteHttp http, AwsCredentialsProvider credentials) {
        this.http = http;
        this.credentials = usable(credentials);
    }

    /** Nobody in particular, where nothing says who we are. */
    private static AwsCredentialsProvider usable(AwsCredentialsProvider provider) {
        try {
            provider.resolveCredentials();
            return provider;
        } catch (SdkException e) {
            return AnonymousCredentialsProvider.create();
        }
    }

    Pulled pull(PullAddress.ObjectStorage address, Path root, LoadProgress progress) throws IOException {
        Wanted wanted = wanted(S3Location.parse(address.location()));
        progress.update("listing the bucket", 0, 0);
        Choice choice = Choice.of(listing(wanted.folder()), wanted.file());
        String from = "s3://" + wanted.folder().bucket() + "/" + wanted.folder().prefix()
                + wanted.file().orElse("");
        Staging staging = Staging.open(root, wanted.folder().endpoint() + " " + from);
        try {
            new Fetching(http, progress).fetch(choice.files(), staging);
        } catch (IOException | RuntimeException e) {
            staging.close();
            throw e;
        }
        Path source = choice.opened().map(staging::file).orElse(staging.files());
        return new Pulled(source, from, Map.of(), choice.leftOut(), staging);
    }

    private record Wanted(S3Location folder, Optional<String> file) {}

    /** {@code s3://BUCKET/FOLDER/m.gguf} names one file of a folder. */
    private static Wanted wanted(S3Location given) {
        String path = given.prefix().replaceFirst("/$", "");
        if (!path.endsWith(".gguf") && !path.endsWith(".onnx")) {
            return new Wanted(given, Optional.empty());
        }
        int slash = path.lastIndexOf('/') + 1;
        S3Location folder = new S3Location(
                given.bucket(), path.substring(0, slash), given.endpoint(), given.region(), given.pathStyle());
        return new Wanted(folder, Optional.of(path.substring(slash)));
    }

    private List<RemoteFile> listing(S3Location place) {
        try (S3Client client = client(place);
                S3Presigner presigner = presigner(place)) {
            List<RemoteFile> files = new ArrayList<>();
            for (S3Object object : client.listObjectsV2Paginator(
                            b -> b.bucket(place.bucket()).prefix(place.prefix()))
                    .contents()) {
                if (files.size() == MAX_OBJECTS) {
                    throw new ForetokenException(
                            ErrorCode.PAYLOAD_TOO_LARGE,
                            "there are more than " + MAX_OBJECTS + " objects; name the model's folder");
                }
                if (!object.key().endsWith("/")) {
                    files.add(file(place, object, signed(place, object, client, presigner)));
                }
            }
            return files;
        } catch (S3Exception e) {
            throw refused(e);
        } catch (SdkException e) {
            throw e.getCause() instanceof ForetokenException ours
                    ? ours
                    : new ForetokenException(
                            ErrorCode.SOURCE_UNAVAILABLE,
                            "the object storage cannot be listed; its region is named by ?region=NAME in the address, or by AWS_REGION",
                            e);
        }
    }

    private static RemoteFile file(S3Location place, S3Object object, URI uri) {
        return new RemoteFile(
                object.key().substring(place.prefix().length()),
                OptionalLong.of(object.size()),
                Optional.empty(),
                Optional.empty(),
                RemoteRequest.get(uri));
    }

    private URI signed(S3Location place, S3Object object, S3Client client, S3Presigner presigner) {
        if (credentials instanceof AnonymousCredentialsProvider) {
            return URI.create(client.utilities()
                    .getUrl(b -> b.bucket(place.bucket()).key(object.key()))
                    .toString());
        }
        return URI.create(presigner
                .presignGetObject(b -> b.signatureDuration(SIGNED_FOR)
                        .getObjectRequest(get -> get.bucket(place.bucket()).key(object.key())))
                .url()
                .toString());
    }

    private S3Client client(S3Location place) {
        S3ClientBuilder builder = S3Client.builder()
                .credentialsProvider(credentials)
                .httpClient(new GuardedSdkHttp(http))
                .forcePathStyle(place.pathStyle());
        if (place.endpoint() != null) {
            builder.endpointOverride(place.endpoint());
        }
        if (place.region() != null || place.endpoint() != null) {
            builder.region(region(place));
        }
        return builder.build();
    }

    private S3Presigner presigner(S3Location place) {
        S3Presigner.Builder builder = S3Presigner.builder()
                .credentialsProvider(credentials)
                .serviceConfiguration(S3Configuration.builder()
                        .pathStyleAccessEnabled(place.pathStyle())
                        .build());
        if (place.endpoint() != null) {
            builder.endpointOverride(place.endpoint());
        }
        if (place.region() != null || place.endpoint() != null) {
            builder.region(region(place));
        }
        return builder.build();
    }

    private static Region region(S3Location place) {
        String region = place.region();
        return Region.of(region == null ? ANY_REGION : region);
    }

    private static ForetokenException refused(S3Exception e) {
        String said = "the object storage answered " + e.statusCode();
        return switch (e.statusCode()) {
            case 401, 403 ->
                new ForetokenException(
                        ErrorCode.PERMISSION_DENIED, said + "; check the credentials and what they may do", e);
            case 404 -> new ForetokenException(ErrorCode.MODEL_NOT_FOUND, said + "; does the bucket exist?", e);
            default -> new ForetokenException(ErrorCode.SOURCE_UNAVAILABLE, said + "; try again later", e);
        };
    }
}
