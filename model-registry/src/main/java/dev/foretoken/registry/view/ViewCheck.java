package dev.foretoken.registry.view;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.content.Descriptor;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.parts.PartList;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Computes the digests of a view's files: each file's in one pass over its parts, several files at once. */
final class ViewCheck {

    private static final String STAGE = "checking digests";
    private static final int BUFFER_BYTES = 1 << 20;

    private final VariantView view;
    private final LoadProgress progress;
    private final long total;
    private long done;

    ViewCheck(VariantView view, LoadProgress progress) {
        this.view = view;
        this.progress = progress;
        this.total = view.manifest().fileBytes();
    }

    /** The largest files first, so that the last ones to end are short. */
    void check(int threads) {
        List<ModelFile> files = new ArrayList<>(view.manifest().files());
        files.sort(Comparator.comparingLong(ModelFile::size).reversed());
        int workers = Math.max(1, Math.min(threads, files.size()));
        try (ExecutorService pool = Executors.newFixedThreadPool(workers)) {
            List<Future<?>> running = new ArrayList<>();
            files.forEach(file -> running.add(pool.submit(() -> check(file))));
            try {
                for (Future<?> one : running) {
                    one.get();
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof ForetokenException known ? known : failed(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ForetokenException(ErrorCode.CANCELLED, "the check of the variant's files was given up", e);
            } finally {
                running.forEach(one -> one.cancel(true));
            }
        }
    }

    private static ForetokenException failed(Throwable cause) {
        return new ForetokenException(ErrorCode.INTERNAL_ERROR, "the variant's files could not be checked", cause);
    }

    private void check(ModelFile file) {
        MessageDigest hasher = Digest.hasher();
        long bytes = 0;
        for (Descriptor part : file.parts()) {
            bytes += add(file, part, hasher);
        }
        Digest found = Digest.of(hasher);
        if (bytes != file.size() || !found.equals(file.digest())) {
            throw damaged(file, found);
        }
    }

    private long add(ModelFile file, Descriptor part, MessageDigest hasher) {
        byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, Math.max(1, part.size()))];
        long bytes = 0;
        try (InputStream in = Files.newInputStream(path(file, part), LinkOption.NOFOLLOW_LINKS)) {
            for (int read = in.read(buffer); read >= 0 && !Thread.interrupted(); read = in.read(buffer)) {
                hasher.update(buffer, 0, read);
                bytes += read;
                advance(read);
            }
            return bytes;
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT, file.path() + " of the variant cannot be read; " + CURE, e);
        }
    }

    private Path path(ModelFile file, Descriptor part) {
        Path whole = view.folder().resolve(file.path());
        return file.isWhole()
                ? whole
                : whole.resolveSibling(PartList.FOLDER).resolve(part.digest().hex());
    }

    private synchronized void advance(long bytes) {
        done += bytes;
        progress.update(STAGE, done, total);
    }

    private static final String CURE =
            "look with `models verify`, which sets damaged blobs aside, and import the model again";

    /** Looks for the part that is to blame, which takes a second pass. */
    private ForetokenException damaged(ModelFile file, Digest found) {
        StringBuilder blobs = new StringBuilder();
        for (Descriptor part : file.parts()) {
            MessageDigest hasher = Digest.hasher();
            add(file, part, hasher);
            if (!file.isWhole() && !Digest.of(hasher).equals(part.digest())) {
                blobs.append(" (blob ").append(part.digest()).append(')');
            }
        }
        return new ForetokenException(
                ErrorCode.MODEL_FILE_CORRUPT,
                "%s of the variant is damaged%s: its digest is %s, expected %s; %s"
                        .formatted(file.path(), blobs, found, file.digest(), CURE));
    }
}
