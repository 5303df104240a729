package dev.foretoken.registry.pull;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.remote.Patience;
import dev.foretoken.registry.remote.RemoteHttp;
import java.io.IOException;
import java.nio.file.Path;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/** Brings models here from hf://, https:// and s3://; oci:// is {@code oci.OciPull}'s. For any thread. */
public final class Puller implements AutoCloseable {

    private final PullConfig config;
    private final RemoteHttp http;
    private final AwsCredentialsProvider credentials;

    /** Object storage knows us as AWS's own tools would have it, or as nobody. */
    public Puller(PullConfig config) {
        this(config, Patience.SLEEP, DefaultCredentialsProvider.builder().build());
    }

    /** {@code patience}: waits between attempts. */
    Puller(PullConfig config, Patience patience, AwsCredentialsProvider credentials) {
        this.config = config;
        this.credentials = credentials;
        this.http = new RemoteHttp(config.rules(), config.limits(), patience);
    }

    /**
     * Brings what {@code address} names. What an earlier try of the same brought is not fetched again.
     *
     * @param staging folder for what comes, the same for all pulls; made when it is not there
     * @return to be imported as an upload, then closed
     * @throws ForetokenException INVALID_REQUEST for what is no address, PERMISSION_DENIED for hosts that are not listed and for what the
     *     place does not give us, MODEL_NOT_FOUND, MODEL_UNSUPPORTED, MODEL_FILE_CORRUPT for other bytes than promised, PAYLOAD_TOO_LARGE,
     *     STORAGE_FULL, SOURCE_UNAVAILABLE, REGISTRY_CONFLICT while the same is being pulled
     */
    public Pulled pull(String address, Path staging, LoadProgress progress) {
        PullAddress parsed = PullAddress.parse(address);
        try {
            return switch (parsed) {
                case PullAddress.Hub hub -> new HubPull(config, http).pull(hub, staging, progress);
                case PullAddress.Web web -> new WebPull(http).pull(web, staging, progress);
                case PullAddress.ObjectStorage storage ->
                    new StoragePull(http, credentials).pull(storage, staging, progress);
            };
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "the staging folder cannot be read or written", e);
        }
    }

    @Override
    public void close() {
        try {
            http.close();
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "connections could not be closed", e);
        }
    }
}
