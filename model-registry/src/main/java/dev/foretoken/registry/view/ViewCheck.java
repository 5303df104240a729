package dev.foretoken.registry.view;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.blob.SoundFiles;
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
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Computes the digests of a view's blobs that are not known to be sound, several at once. */
final class ViewCheck {

    private static final String STAGE = "checking digests";
    private static final int BUFFER_BYTES = 1 << 20;

    private final VariantView view;
    private final SoundFiles known;
    private final LoadProgress progress;
    private final long total;
    private long done;

    ViewCheck(VariantView view, SoundFiles known, LoadProgress progress) {
        this.view = view;
        this.known = known;
        this.progress = progress;
        this.total = view.manifest().fileBytes();
    }

    /** A blob of a file. */
    private record Piece(ModelFile file, Descriptor part) {}

    /** The largest blobs first, so that the last ones to end are short. */
    void check(int threads) {
        List<List<Piece>> blobs = new ArrayList<>(blobs());
        blobs.sort(Comparator.comparingLong(
                        (List<Piece> pieces) -> pieces.getFirst().part().size())
                .reversed());
        int workers = Math.max(1, Math.min(threads, blobs.size()));
        try (ExecutorService pool = Executors.newFixedThreadPool(workers)) {
            List<Future<?>> running = new ArrayList<>();
            blobs.forEach(pieces -> running.add(pool.submit(() -> check(pieces))));
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

    private Collection<List<Piece>> blobs() {
        Map<Digest, List<Piece>> blobs = new LinkedHashMap<>();
        for (ModelFile file : view.manifest().files()) {
            for (Descriptor part : file.parts()) {
                blobs.computeIfAbsent(part.digest(), digest -> new ArrayList<>())
                        .add(new Piece(file, part));
            }
        }
        return blobs.values();
    }

    private static ForetokenException failed(Throwable cause) {
        return new ForetokenException(ErrorCode.INTERNAL_ERROR, "the variant's files could not be checked", cause);
    }

    /** The same bytes under several names: after the first name they are known, unless another one stands for another file. */
    private void check(List<Piece> pieces) {
        for (Piece piece : pieces) {
            Descriptor part = piece.part();
            Path path = path(piece.file(), part);
            try {
                boolean sound = Files.size(path) == part.size()
                        && known.digest(path, part.digest(), this::advance).equals(part.digest());
                if (!sound) {
                    throw damaged(piece.file());
                }
            } catch (IOException e) {
                throw unreadable(piece.file(), e);
            }
        }
    }

    private static ForetokenException unreadable(ModelFile file, IOException e) {
        return new ForetokenException(
                ErrorCode.MODEL_FILE_CORRUPT, file.path() + " of the variant cannot be read; " + CURE, e);
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

    /** Looks for everything that is to blame, which takes a second pass. */
    private ForetokenException damaged(ModelFile file) {
        MessageDigest whole = Digest.hasher();
        StringBuilder blobs = new StringBuilder();
        for (Descriptor part : file.parts()) {
            MessageDigest hasher = Digest.hasher();
            add(file, part, whole, hasher);
            if (!file.isWhole() && !Digest.of(hasher).equals(part.digest())) {
                blobs.append(" (blob ").append(part.digest()).append(')');
            }
        }
        return new ForetokenException(
                ErrorCode.MODEL_FILE_CORRUPT,
                "%s of the variant is damaged%s: its digest is %s, expected %s; %s"
                        .formatted(file.path(), blobs, Digest.of(whole), file.digest(), CURE));
    }

    private void add(ModelFile file, Descriptor part, MessageDigest... hashers) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(path(file, part), LinkOption.NOFOLLOW_LINKS)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                for (MessageDigest hasher : hashers) {
                    hasher.update(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }
}
