package dev.foretoken.registry.blob;

import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Blobs in a folder, for any number of processes at once and without locks.
 *
 * <p>A blob is written to a temporary file, forced to the disk, and renamed to its place; the folder is forced too. So a crash leaves a
 * whole blob or none, and temporary files, which are swept when they are a day old.
 */
public final class LocalBlobs implements BlobStore {

    private static final Duration LEFTOVER_AGE = Duration.ofDays(1);

    private final BlobFolders folders;
    private final BlobPlaces places;
    private final Clock clock;
    private final BlobFile.Opener opener;
    private final SoundFiles sound = new SoundFiles();

    private LocalBlobs(BlobFolders folders, Clock clock, BlobFile.Opener opener) {
        this.folders = folders;
        this.places = new BlobPlaces(folders);
        this.clock = clock;
        this.opener = opener;
    }

    /** The store in {@code root}, which is made when it is not there; what crashes left is swept. */
    public static LocalBlobs open(Path root, Clock clock) {
        return open(root, clock, BlobFile::onDisk);
    }

    /** {@code opener}: makes the temporary files. */
    static LocalBlobs open(Path root, Clock clock, BlobFile.Opener opener) {
        try {
            LocalBlobs blobs = new LocalBlobs(BlobFolders.create(root.toAbsolutePath()), clock, opener);
            blobs.sweepLeftovers();
            return blobs;
        } catch (IOException e) {
            throw BlobErrors.io("opening the blob store", e);
        }
    }

    @Override
    public BlobWriter begin() {
        Path temporary = folders.temporary().resolve(UUID.randomUUID() + ".part");
        try {
            return new LocalWriter(temporary, opener.open(temporary), this::install);
        } catch (IOException e) {
            throw BlobErrors.io("storing a blob", e);
        }
    }

    /** A file in place that has another size is damaged, and replaced. */
    private void install(Path temporary, Digest digest, long size) throws IOException {
        boolean there =
                places.find(digest).filter(found -> found.size() == size).isPresent();
        if (!there || !renewed(digest)) {
            Files.setLastModifiedTime(temporary, FileTime.from(clock.instant()));
            folders.install(temporary, folders.blob(digest));
        }
    }

    @Override
    public boolean has(Digest digest) {
        return found(digest).isPresent();
    }

    @Override
    public long size(Digest digest) {
        return found(digest).orElseThrow(() -> BlobErrors.missing(digest)).size();
    }

    @Override
    public InputStream open(Digest digest) {
        try {
            return places.use(digest, path -> verified(path, digest)).orElseThrow(() -> BlobErrors.missing(digest));
        } catch (IOException e) {
            throw BlobErrors.io("reading blob " + digest, e);
        }
    }

    private InputStream verified(Path path, Digest digest) throws IOException {
        Optional<FileState> state = FileState.of(path);
        return new VerifiedStream(Files.newInputStream(path), digest, () -> sound.remember(path, state, digest));
    }

    /** What this process knows of the blobs' files, under whatever names they have. */
    public SoundFiles sound() {
        return sound;
    }

    /**
     * The blob's file, to be mapped, never to be written. A collection may remove it: whoever keeps the path keeps the blob alive, or
     * {@link #link}s it.
     */
    public Path local(Digest digest) {
        return found(digest).orElseThrow(() -> BlobErrors.missing(digest)).path();
    }

    /** Gives the blob a second name on the same file system, in a folder that exists; it outlives the first. */
    public void link(Digest digest, Path name) {
        try {
            Optional<Path> linked =
                    places.use(digest, path -> sound.keep(path, Optional.empty(), () -> Files.createLink(name, path)));
            if (linked.isEmpty()) {
                throw has(digest)
                        ? BlobErrors.io("linking blob " + digest, new NoSuchFileException(name.toString()))
                        : BlobErrors.missing(digest);
            }
        } catch (IOException e) {
            throw BlobErrors.io("linking blob " + digest, e);
        }
    }

    /** True when the blob has a second name; false where the file system does not say. */
    boolean linked(Digest digest) {
        try {
            return places.use(digest, path -> (Integer) Files.getAttribute(path, "unix:nlink"))
                    .filter(names -> names > 1)
                    .isPresent();
        } catch (UnsupportedOperationException e) {
            return false;
        } catch (IOException e) {
            throw BlobErrors.io("looking at blob " + digest, e);
        }
    }

    @Override
    public boolean renew(Digest digest) {
        try {
            return renewed(digest);
        } catch (IOException e) {
            throw BlobErrors.io("renewing blob " + digest, e);
        }
    }

    private boolean renewed(Digest digest) throws IOException {
        Instant now = clock.instant();
        return sound.keep(folders.blob(digest), Optional.of(FileTime.from(now)), () -> places.renew(digest, now));
    }

    @Override
    public void delete(Digest digest) {
        try {
            places.remove(digest);
        } catch (IOException e) {
            throw BlobErrors.io("removing blob " + digest, e);
        }
    }

    @Override
    public boolean deleteIfOlder(Digest digest, Instant before) {
        try {
            return places.removeIfOlder(digest, before);
        } catch (IOException e) {
            throw BlobErrors.io("removing blob " + digest, e);
        }
    }

    @Override
    public Stream<StoredBlob> list() {
        return files().flatMap(file -> folders.digest(file).flatMap(this::found).stream())
                .map(found -> new StoredBlob(found.digest(), found.size(), found.renewed()));
    }

    @Override
    public List<String> strays() {
        return files().filter(file -> folders.digest(file).isEmpty())
                .map(file -> folders.root().relativize(file).toString())
                .sorted()
                .toList();
    }

    /** Keeps the bytes under {@code damaged/}, for whoever wants to look at them. */
    @Override
    public void setAside(Digest digest) {
        try {
            folders.setAside(digest);
        } catch (IOException e) {
            throw BlobErrors.io("setting blob " + digest + " aside", e);
        }
    }

    /** Undoes removals that a crash interrupted, and deletes temporary files that nobody can still be writing. */
    public void sweepLeftovers() {
        try {
            places.restoreAll();
            for (Path file : BlobPlaces.list(folders.temporary())) {
                sweep(file);
            }
        } catch (IOException e) {
            throw BlobErrors.io("sweeping the blob store", e);
        }
    }

    private void sweep(Path temporary) throws IOException {
        try {
            if (BlobPlaces.renewed(temporary).isBefore(clock.instant().minus(LEFTOVER_AGE))) {
                Files.deleteIfExists(temporary);
            }
        } catch (NoSuchFileException e) {
            // Committed, given up or swept by another process.
        }
    }

    private Optional<BlobPlaces.Found> found(Digest digest) {
        try {
            return places.find(digest);
        } catch (IOException e) {
            throw BlobErrors.io("looking for blob " + digest, e);
        }
    }

    private Stream<Path> files() {
        try {
            return places.files();
        } catch (IOException e) {
            throw BlobErrors.io("listing the blob store", e);
        }
    }
}
