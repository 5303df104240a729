package dev.foretoken.batch.store;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The folder: bytes of files under their ids, journals of jobs, and what arrives. */
final class Blobs {

    private static final System.Logger LOG = System.getLogger(Blobs.class.getName());

    private final Path folder;
    private final Path name;
    private final Path files;
    private final Path incoming;
    private final Path journals;

    Blobs(Path folder) {
        this.folder = folder;
        this.name = folder.resolve("name");
        this.files = folder.resolve("files");
        this.incoming = folder.resolve("incoming");
        this.journals = folder.resolve("journals");
        try {
            for (Path each : List.of(files, incoming, journals)) {
                Files.createDirectories(each);
            }
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "the folder of batches cannot be made or written; look at its rights", e);
        }
    }

    /**
     * Refuses a folder that is not the database's, whose files would not be found in it or would be swept from it. Where neither has a name for it
     * yet, both get one. In a transaction that nobody else has at the same time.
     */
    void requireThatOf(FolderName database, Supplier<String> names) throws SQLException {
        try {
            String known = database.known();
            String found = Files.exists(name) ? Files.readString(name).strip() : "";
            // A start that ended between the two left a name in a folder that has nothing else.
            if (known.isEmpty() && (found.isEmpty() || isEmpty())) {
                database.know(found.isEmpty() ? named(names.get()) : found);
            } else if (!known.equals(found)) {
                throw new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        ("the folder of batches is not the one whose files this database knows: give all gateways of a database the same folder,"
                                        + " and each database its own; if that folder is lost for good, write %s into the file 'name' of this one")
                                .formatted(known.isEmpty() ? "nothing" : known));
            }
        } catch (IOException e) {
            throw StoreErrors.of("reading the name of the folder of batches", e);
        }
    }

    private String named(String given) throws IOException {
        Path begun = folder.resolve("name.begun");
        Files.writeString(begun, given);
        try (FileChannel channel = FileChannel.open(begun, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(begun, name, StandardCopyOption.ATOMIC_MOVE);
        sync(folder);
        return given;
    }

    private boolean isEmpty() {
        return list(files).isEmpty() && list(journals).isEmpty();
    }

    /** Whether the folder is in its place: what is not in it is gone then. */
    boolean isThere() {
        return Files.exists(name);
    }

    Incoming receive(String name, long most) {
        return new Incoming(incoming.resolve(name), most);
    }

    void place(Incoming file, String id) {
        try {
            file.moveTo(path(id));
            sync(files);
        } catch (IOException e) {
            throw StoreErrors.of("storing the file", e);
        }
    }

    /** So that a name outlives the loss of power. */
    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    Path path(String id) {
        return files.resolve(id);
    }

    boolean touch(String id, Instant now) {
        try {
            Files.setLastModifiedTime(path(id), FileTime.from(now));
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw StoreErrors.of("keeping a file", e);
        }
    }

    void remove(String id) {
        delete(path(id));
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "a file that is not needed any more could not be removed", e);
        }
    }

    /** The job's journals, in the order of their attempts. */
    List<Path> journals(String job) {
        List<Path> found = new ArrayList<>(list(journals.resolve(job)));
        found.removeIf(path -> !isJournal(path));
        found.sort((a, b) -> Integer.compare(attempt(a), attempt(b)));
        return found;
    }

    /** Others leave things in folders that are shared: what was deleted while it was open, copies. */
    private static boolean isJournal(Path path) {
        return path.getFileName().toString().matches("[0-9]{1,9}");
    }

    private static int attempt(Path journal) {
        return Integer.parseInt(journal.getFileName().toString());
    }

    Journal journal(String job, int attempt) {
        Path folder = journals.resolve(job);
        try {
            Files.createDirectories(folder);
            Path path = folder.resolve(Integer.toString(attempt));
            if (!Files.exists(path)) {
                Files.createFile(path);
                sync(folder);
                sync(journals);
            }
            return Journal.open(path);
        } catch (IOException e) {
            throw StoreErrors.of("making a journal", e);
        }
    }

    void removeJournals(String job) {
        Path folder = journals.resolve(job);
        list(folder).forEach(Blobs::delete);
        delete(folder);
    }

    /** Ids of files, and of jobs with journals, that nobody has touched since {@code before}. */
    record Old(List<String> files, List<String> jobs) {}

    Old old(Instant before) {
        return new Old(names(files, before), names(journals, before));
    }

    /** What arrived and was never placed. */
    void removeIncoming(Instant before) {
        names(incoming, before).forEach(name -> delete(incoming.resolve(name)));
    }

    private static List<String> names(Path folder, Instant before) {
        return list(folder).stream()
                .filter(path -> isOlder(path, before))
                .map(path -> path.getFileName().toString())
                .toList();
    }

    private static boolean isOlder(Path path, Instant before) {
        try {
            return Files.getLastModifiedTime(path).compareTo(FileTime.from(before)) < 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Path> list(Path folder) {
        return listed(() -> Files.list(folder));
    }

    /** A directory, which may fail as it is opened and as it is read. */
    @FunctionalInterface
    interface Listing {
        Stream<Path> open() throws IOException;
    }

    static List<Path> listed(Listing listing) {
        try (Stream<Path> paths = listing.open()) {
            return paths.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw StoreErrors.of("looking through the folder of batches", e);
        } catch (UncheckedIOException e) {
            throw StoreErrors.of("looking through the folder of batches", e.getCause());
        }
    }

    /** Removes all of {@code found} that is not known. */
    void removeUnknown(Old found, Set<String> knownFiles, Set<String> knownJobs) {
        found.files().stream().filter(id -> !knownFiles.contains(id)).forEach(this::remove);
        found.jobs().stream().filter(id -> !knownJobs.contains(id)).forEach(this::removeJournals);
    }
}
