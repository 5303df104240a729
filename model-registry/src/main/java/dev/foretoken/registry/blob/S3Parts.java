package dev.foretoken.registry.blob;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** Large objects, uploaded or copied part by part; an upload that fails is given up, so that no parts stay behind. Any thread. */
final class S3Parts {

    /** S3 allows 10,000. */
    private static final long MAX_PARTS = 9_000;

    private final S3Client client;
    private final String bucket;
    private final long wholeBytes;

    S3Parts(S3Client client, String bucket, long wholeBytes) {
        this.client = client;
        this.bucket = bucket;
        this.wholeBytes = wholeBytes;
    }

    boolean needed(long size) {
        return size > wholeBytes;
    }

    void upload(String key, Path file, long size) {
        transfer(
                key,
                size,
                (upload, number, offset, length) -> client.uploadPart(
                                b -> b.bucket(bucket).key(key).uploadId(upload).partNumber(number),
                                RequestBody.fromContentProvider(
                                        () -> slice(file, offset, length), length, "application/octet-stream"))
                        .eTag());
    }

    /** Copies the object onto itself. */
    void copy(String key, long size) {
        transfer(
                key,
                size,
                (upload, number, offset, length) -> client.uploadPartCopy(b -> b.sourceBucket(bucket)
                                .sourceKey(key)
                                .copySourceRange("bytes=" + offset + "-" + (offset + length - 1))
                                .destinationBucket(bucket)
                                .destinationKey(key)
                                .uploadId(upload)
                                .partNumber(number))
                        .copyPartResult()
                        .eTag());
    }

    /** Transfers one part; returns its tag. */
    @FunctionalInterface
    private interface Part {
        String transfer(String upload, int number, long offset, long length);
    }

    private void transfer(String key, long size, Part part) {
        String upload =
                client.createMultipartUpload(b -> b.bucket(bucket).key(key)).uploadId();
        try {
            List<CompletedPart> done = new ArrayList<>();
            long step = Math.max(wholeBytes, (size + MAX_PARTS - 1) / MAX_PARTS);
            for (long offset = 0; offset < size; offset += step) {
                int number = done.size() + 1;
                String tag = part.transfer(upload, number, offset, Math.min(step, size - offset));
                done.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
            }
            client.completeMultipartUpload(
                    b -> b.bucket(bucket).key(key).uploadId(upload).multipartUpload(m -> m.parts(done)));
        } catch (RuntimeException e) {
            abort(key, upload, e);
            throw e;
        }
    }

    private void abort(String key, String upload, RuntimeException reason) {
        try {
            client.abortMultipartUpload(b -> b.bucket(bucket).key(key).uploadId(upload));
        } catch (SdkException e) {
            reason.addSuppressed(e);
        }
    }

    private static InputStream slice(Path file, long offset, long length) {
        try {
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.READ).position(offset);
            return new LimitedStream(Channels.newInputStream(channel), length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
